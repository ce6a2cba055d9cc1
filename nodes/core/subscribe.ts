// Hears a topic, or many, by a name or pattern.
import { defineNode, Type } from "@millrace/sdk";
import { FORMATS } from "./publish/formats.ts";

const docs = `Hears a topic by its name, or all whose names match a pattern with \`*\`: pubsub and memory topics of this flow,
and shared channels ("/name"), those of foreign programs too.

\`\`\`json
{ "topic": "/sensors/*", "format": "json" }
\`\`\`

The topic a message came through is its attribute \`topic\`. Where the topic is known when the flow is drawn, a wire says
the same and is checked at deploy.`;

export default defineNode({
  type: "subscribe",
  title: "Subscribe",
  summary: "Hears a topic, or many, by a name or pattern.",
  category: "flow",
  icon: "ear",
  docs,
  config: Type.Object(
    {
      topic: Type.String({
        title: "Topic",
        description: "A name, or a pattern with *: orders, /sensors/*.",
        minLength: 1,
        "x-widget": "topic",
      }),
      format: Type.Optional(
        Type.Enum([...FORMATS], {
          type: "string",
          title: "Format",
          description: "What stands in the topic. Default: what the topic says.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: { out: Type.Unknown({ description: "The messages." }) },
  async start({ config, emit, subscribe, status }) {
    const { topic, format } = config;
    const heard = await subscribe(
      topic,
      (message) => emit("out", message.payload, { attributes: { topic: message.topic } }),
      format ? { format } : {},
    );
    status(topic, "ok");
    return { close: () => heard[Symbol.dispose]() };
  },
});
