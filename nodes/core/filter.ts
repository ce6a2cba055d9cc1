// Lets a message pass only when its value changed, by enough, or not by too much.
import { defineNode, type Message, Type } from "@millrace/sdk";
import { numberIn, passes } from "./filter/band.ts";
import { Memory } from "./filter/memory.ts";
import { asText } from "./value/compare.ts";
import { REFERENCE_HELP, References, type StateValues } from "./value/reference.ts";

const docs = `Reports by exception: what says nothing new is blocked.

\`\`\`json
{ "mode": "dead-band", "path": "payload.celsius", "band": 0.5, "key": "attributes.sensor" }
\`\`\`

- **changes**: passes when the value differs from the last one (structures are compared deeply).
- **dead-band**: passes when it moved by more than \`band\` (\`inclusive\`: at least).
- **narrow-band**: passes when it moved by less than \`band\`: outliers are blocked.

\`compare\` says which value is the last one: the last that passed (\`output\`) or the last that came (\`input\`). Each
\`key\` is watched by itself. A message with the attribute \`reset\` is not passed on: it forgets its key, or, with the
value \`all\`, every key that came since the start. With \`remember\` the last values survive a restart.`;

export default defineNode({
  type: "filter",
  title: "Filter",
  summary: "Lets a message pass only when its value changed, by enough, or not by too much.",
  category: "function",
  icon: "filter",
  docs,
  config: Type.Object(
    {
      mode: Type.Enum(["changes", "dead-band", "narrow-band"], {
        type: "string",
        title: "Pass",
        description: "When the value changed, moved by more than a band, or by less.",
        default: "changes",
      }),
      path: Type.String({
        title: "Value",
        description: `What is compared. ${REFERENCE_HELP}`,
        default: "payload",
        "x-widget": "path",
      }),
      key: Type.Optional(
        Type.String({
          title: "Key",
          description:
            "Messages with different keys are watched apart, for example topic or attributes.sensor.",
          "x-widget": "path",
        }),
      ),
      band: Type.Number({ title: "Band", description: "How far a number may move.", default: 0, minimum: 0 }),
      unit: Type.Enum(["absolute", "percent"], {
        type: "string",
        title: "Band in",
        description: "The value's own unit, or percent of the last value.",
        default: "absolute",
      }),
      inclusive: Type.Boolean({
        title: "Include the edge",
        description: "A move by exactly the band passes.",
        default: false,
      }),
      compare: Type.Enum(["output", "input"], {
        type: "string",
        title: "Compare with",
        description: "The last value that passed, or the last that came.",
        default: "output",
      }),
      first: Type.Enum(["pass", "block"], {
        type: "string",
        title: "First value",
        description: "What happens to the first one of a key, when there is no start value.",
        default: "pass",
      }),
      start: Type.Optional(
        Type.Unknown({
          title: "Start value",
          description: "Stands for the last value before the first one came.",
        }),
      ),
      keys: Type.Integer({
        title: "Keys at most",
        description: "How many keys are kept; the one not seen for longest is forgotten.",
        default: 10_000,
        minimum: 1,
      }),
      remember: Type.Boolean({
        title: "Remember",
        description: "Keep the last values over a restart.",
        default: false,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: { out: Type.Unknown({ description: "The messages that pass, unchanged." }) },
  start(context) {
    const { config, emit } = context;
    const references = new References(context);
    const read = references.compile(config.path);
    const readKey = config.key === undefined ? undefined : references.compile(config.key);
    const memory = new Memory(config.keys, config.remember ? context.state : undefined);
    const bands = config.mode !== "changes";

    const decide = (
      message: Message,
      key: string,
      value: unknown,
      last: { readonly value: unknown } | undefined,
    ) => {
      const previous = last ?? ("start" in config ? { value: config.start } : undefined);
      if (bands) numberIn(value);
      const pass = previous ? passes(config, value, previous.value) : config.first === "pass";
      const kept = pass || config.compare === "input" || !previous ? memory.set(key, value) : undefined;
      if (!pass) return kept;
      return kept ? kept.then(() => emit("out", message.payload)) : emit("out", message.payload);
    };
    const handle = (message: Message, state: StateValues) => {
      const key = readKey ? asText(readKey(message, state)) : "";
      const { reset } = message.attributes;
      if (reset !== undefined) return memory.forget(reset === "all" ? undefined : key);
      const value = read(message, state);
      const last = memory.get(key);
      return last instanceof Promise
        ? last.then((known) => decide(message, key, value, known))
        : decide(message, key, value, last);
    };
    return { in: (message) => references.withState((state) => handle(message, state)) };
  },
});
