// What routes of topics ask for alike: which topic of which flow, and which of the messages it keeps.
import { Type } from "@millrace/sdk";
import { FlowName, Name } from "../route.ts";

/** Path parameters; `kind` is what may be named, for people. */
export const topicPath = (kind: "topic" | "stream topic") =>
  Type.Object({
    name: FlowName,
    topic: Name(`Name of a ${kind}; a shared one begins with a slash, written %2F here.`),
  });

const entry = (description: string) => Type.Optional(Type.String({ maxLength: 100, description }));

/** Query parameters: entries from one to another, both included. */
export const EntryRange = Type.Object(
  {
    from: entry("Entry to begin with; 0 is the oldest."),
    to: entry("Entry to end with."),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  },
  { additionalProperties: false },
);
