// Publishes to a topic that is known only at run time.
import { defineNode, Failure, Type } from "@millrace/sdk";
import { FORMATS } from "./publish/formats.ts";
import { REFERENCE_HELP, References } from "./value/reference.ts";

const docs = `Publishes each message to a topic by its name: one of this flow, or a shared one ("/name"). Where the topic is
known when the flow is drawn, a wire says the same and is checked at deploy.

\`\`\`json
{ "topicFrom": "attributes.reply-to", "format": "json" }
\`\`\`

\`format\` is for foreign programs: the bare payload as JSON, text or bytes instead of Millrace's envelope. With
\`attributes: false\` the message's attributes stay here.`;

export default defineNode({
  type: "publish",
  title: "Publish",
  summary: "Publishes each message to a topic by its name.",
  category: "flow",
  icon: "broadcast",
  docs,
  config: Type.Object(
    {
      topic: Type.Optional(
        Type.String({
          title: "Topic",
          description: "Name of a topic of this flow, or of a shared one: /name.",
          minLength: 1,
          "x-widget": "topic",
        }),
      ),
      topicFrom: Type.Optional(
        Type.String({
          title: "Topic from",
          description: `Where each message says its topic; when it says none, "Topic" is used. ${REFERENCE_HELP}`,
          "x-widget": "path",
        }),
      ),
      format: Type.Optional(
        Type.Enum([...FORMATS], {
          type: "string",
          title: "Format",
          description: "What stands in the topic. Default: what the topic says.",
        }),
      ),
      attributes: Type.Boolean({
        title: "Attributes",
        description: "Send the message's attributes along.",
        default: true,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "What is published: the payload." }) },
  outputs: {},
  start(context) {
    const { config, publish } = context;
    if (config.topic === undefined && config.topicFrom === undefined) {
      throw new Failure(`Neither "topic" nor "topicFrom" is set. Set one of them.`, {
        code: "publish/no-topic",
        retry: false,
      });
    }
    const references = new References(context);
    const read = config.topicFrom === undefined ? undefined : references.compile(config.topicFrom);
    const options = {
      ...(config.format && { format: config.format }),
      ...(!config.attributes && { replaceAttributes: true }),
    };
    return {
      in: (message) =>
        references.withState((state) => {
          const topic = read?.(message, state) ?? config.topic;
          if (typeof topic === "string" && topic !== "") return publish(topic, message.payload, options);
          throw new Failure(`The message names no topic at "${config.topicFrom}".`, {
            code: "publish/no-topic",
            retry: false,
          });
        }),
    };
  },
});
