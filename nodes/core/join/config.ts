// The config of the join node.
import { Duration, Type } from "@millrace/sdk";
import { REFERENCE_HELP } from "../value/reference.ts";
import { BUILDS } from "./build.ts";

export const JoinConfig = Type.Object(
  {
    mode: Type.Enum(["auto", "manual"], {
      type: "string",
      title: "Mode",
      description: "Auto: puts together what a split took apart. Manual: as said below.",
      default: "auto",
    }),
    build: Type.Enum([...BUILDS], {
      type: "string",
      title: "Make",
      description:
        "Manual: what the messages become: a list, an object by key, merged objects, a text, … or a number.",
      default: "array",
    }),
    path: Type.String({
      title: "Value",
      description: `What is joined. ${REFERENCE_HELP}`,
      default: "payload",
      "x-widget": "path",
    }),
    key: Type.String({
      title: "Key",
      description: `Object: the property that each message becomes. ${REFERENCE_HELP}`,
      default: "topic",
      "x-widget": "path",
    }),
    group: Type.Optional(
      Type.String({
        title: "Group by",
        description: `Manual: messages of the same group are joined. ${REFERENCE_HELP}`,
        "x-widget": "path",
      }),
    ),
    separator: Type.String({
      title: "Separator",
      description: "Text and buffer: put between the values.",
      default: "\n",
    }),
    count: Type.Integer({
      title: "Count",
      description:
        "Manual: so many messages (of an object: so many keys) are joined; 0: only by time or order.",
      default: 0,
      minimum: 0,
    }),
    timeout: Duration({
      title: "Time",
      description: "Joined this long after the first message of a group, whatever is there; 0s: never.",
      default: "0s",
    }),
    incomplete: Type.Enum(["send", "fail", "drop"], {
      type: "string",
      title: "Incomplete",
      description: "When the time is over before all are there: send what is there, fail it, or drop it.",
      default: "send",
    }),
    accumulate: Type.Boolean({
      title: "And every message after",
      description: "Object and merged: once complete, every further message sends the object anew.",
      default: false,
    }),
    maxGroups: Type.Integer({
      title: "Groups at most",
      description: "A message that would open one more fails.",
      default: 1_000,
      minimum: 1,
    }),
    maxMessages: Type.Integer({
      title: "Messages at most",
      description: "How many may wait in all groups together; one more fails.",
      default: 10_000,
      minimum: 1,
    }),
  },
  { additionalProperties: false },
);

export type JoinConfig = Type.Static<typeof JoinConfig>;
