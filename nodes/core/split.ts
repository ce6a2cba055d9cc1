// Takes an array, object, text or buffer apart: one message for each part.
import { defineNode, getPath, setPath, Type } from "@millrace/sdk";
import { type Parts, withParts } from "./split/parts.ts";
import { piecesOf } from "./split/pieces.ts";
import { StreamSplitter } from "./split/stream.ts";

const docs = `Sends one message for each item of an array, property of an object, line of a text, or piece of a buffer.

\`\`\`json
{ "path": "payload.orders", "chunk": 10 }
\`\`\`

Each part carries the attributes \`parts.id\`, \`parts.index\`, \`parts.count\`, \`parts.type\`, and \`parts.key\` for objects, by
which **join** puts them together again. A split inside a split keeps the outer ones, and join brings them back.

With \`stream\`, messages are pieces of one long text, buffer or array: what a message leaves unfinished waits,
unsettled, for the next one. \`parts.count\` is then known only at the end: a message with the attribute \`complete\`
ends the stream, one with \`reset\` forgets what waits.`;

export default defineNode({
  type: "split",
  title: "Split",
  summary: "Takes an array, object, text or buffer apart: one message for each part.",
  category: "sequence",
  icon: "arrows-split-2",
  docs,
  config: Type.Object(
    {
      path: Type.String({
        title: "Value",
        description: "What is split, in the payload. The part takes its place.",
        default: "payload",
        pattern: "^payload",
        "x-widget": "path",
      }),
      separator: Type.String({
        title: "Separator",
        description: "Texts and buffers: what stands between the parts. Default: line breaks.",
        default: "\n",
      }),
      length: Type.Integer({
        title: "Length",
        description: "Texts and buffers: parts of so many characters or bytes instead; 0: by separator.",
        default: 0,
        minimum: 0,
      }),
      chunk: Type.Integer({
        title: "Items",
        description: "Arrays: so many items in a part. 1: the items themselves.",
        default: 1,
        minimum: 1,
      }),
      stream: Type.Boolean({
        title: "Stream",
        description: "Messages are pieces of one long value.",
        default: false,
      }),
      limit: Type.Integer({
        title: "Unfinished at most",
        description: "Stream: how long an unfinished part may grow.",
        default: 1_000_000,
        minimum: 1,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "A message with something to split." }) },
  outputs: { out: Type.Unknown({ description: "The parts, in order." }) },
  start({ config, emit }) {
    const steps = config.path.split(".").slice(1).join(".");
    const read = (payload: unknown) => (steps === "" ? payload : getPath(payload, steps));
    const replace = (payload: unknown, part: unknown) =>
      steps === "" ? part : setPath(payload, steps, part);

    const stream = new StreamSplitter(config, config.limit, (value, parts, from) => {
      const origin = from.at(-1);
      const message = origin && "message" in origin ? origin.message : origin;
      const attributes = withParts(message?.attributes ?? {}, parts);
      return emit("out", replace(message?.payload, value), { from, attributes, replaceAttributes: true });
    });

    return {
      async in(message, delivery) {
        if (config.stream) {
          const { complete, reset } = message.attributes;
          if (reset !== undefined) return stream.reset();
          return stream.take(read(message.payload), delivery, complete !== undefined);
        }
        const { values, keys, type, separator, chunked = false } = piecesOf(read(message.payload), config);
        for (const [index, value] of values.entries()) {
          const key = keys?.[index];
          const parts: Parts = { id: message.id, index, count: values.length, type, key, separator, chunked };
          const attributes = withParts(message.attributes, parts);
          await emit("out", replace(message.payload, value), { attributes, replaceAttributes: true });
        }
      },
    };
  },
});
