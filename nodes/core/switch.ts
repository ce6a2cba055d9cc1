// Sends each message out of the ports whose conditions it meets.
import { type Delivery, defineNode, type Message, Type } from "@millrace/sdk";
import { readParts } from "./split/parts.ts";
import { Condition, compileCondition } from "./switch/condition.ts";
import { Resequencer } from "./switch/resequence.ts";
import { REFERENCE_HELP, References, type StateValues } from "./value/reference.ts";

const docs = `Looks at each message and sends it, unchanged, out of the port of the first rule whose condition holds
(or of all such rules). What no rule takes leaves by \`else\`.

\`\`\`json
{
  "path": "payload.celsius",
  "rules": [
    { "port": "hot", "when": { "gt": 30 } },
    { "port": "cold", "when": { "lt": 5 } },
    { "port": "broken", "when": { "any": [{ "is": "null" }, { "path": "attributes.state", "eq": "defect" }] } }
  ]
}
\`\`\`

A condition looks at \`path\` (its own, or the node's) and may say \`eq\`, \`ne\`, \`lt\`, \`le\`, \`gt\`, \`ge\`,
\`between\`, \`in\`, \`contains\`, \`has\`, \`matches\`, \`is\` (true, null, empty, number, …), \`head\`, \`tail\`, \`index\` (place among
the parts of a split), \`all\`, \`any\`, \`not\`. All that one condition says must hold. A value to compare with may be
a reference: \`{ "gt": { "from": "flow.limit" } }\`; \`previous\` is what the node looked at in the message before.

With \`resequence\` the parts of a split are numbered anew for each port, so that a **join** there finds all of its own.

Regular expressions are matched in linear time. Patterns with back-references or look-around are refused when the node
starts; a text that would take too many steps fails its message.`;

export default defineNode({
  type: "switch",
  title: "Switch",
  summary: "Sends each message out of the ports whose conditions it meets.",
  category: "flow",
  icon: "arrows-split",
  docs,
  config: Type.Object(
    {
      path: Type.String({
        title: "Value",
        description: `What the conditions look at, unless they say. ${REFERENCE_HELP}`,
        default: "payload",
        "x-widget": "path",
      }),
      rules: Type.Array(
        Type.Object(
          {
            port: Type.String({
              title: "Port",
              description: "The output for messages that meet the condition. Several rules may share one.",
              pattern: "^[A-Za-z][A-Za-z0-9_-]*$",
            }),
            when: Condition,
          },
          { additionalProperties: false },
        ),
        { title: "Rules", description: "Tried from the first to the last.", default: [] },
      ),
      match: Type.Enum(["first", "all"], {
        type: "string",
        title: "Send to",
        description: "The first rule that holds, or all that hold.",
        default: "first",
      }),
      else: Type.Optional(
        Type.String({
          title: "Otherwise",
          description: `The output for what no rule takes. Default: "else".`,
          pattern: "^[A-Za-z][A-Za-z0-9_-]*$",
        }),
      ),
      resequence: Type.Boolean({
        title: "Renumber sequences",
        description: "Parts of a split wait until all are there, and are numbered anew for each port.",
        default: false,
      }),
      maxMessages: Type.Integer({
        title: "Waiting at most",
        description: "Renumber: how many parts may wait; one more fails.",
        default: 10_000,
        minimum: 1,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: { else: Type.Unknown({ description: "What no rule takes." }) },
  outputsFrom: ["rules[].port", "else"],
  start(context) {
    const { config, emit } = context;
    let previous: unknown;
    const references = new References(context, { previous: () => previous });
    const read = references.compile(config.path);
    const rules = config.rules.map(({ port, when }) => ({
      port,
      test: compileCondition(when, references, config.path),
    }));
    const otherwise = config.else ?? "else";
    const limits = { groups: config.maxMessages, messages: config.maxMessages };
    const sequences = config.resequence ? new Resequencer(limits, emit) : undefined;

    const firstPort = (message: Message, state: StateValues) =>
      rules.find(({ test }) => test(message, state))?.port ?? otherwise;
    const allPorts = (message: Message, state: StateValues) => {
      const ports = new Set(rules.filter(({ test }) => test(message, state)).map(({ port }) => port));
      return ports.size === 0 ? [otherwise] : [...ports];
    };
    const handle = (message: Message, delivery: Delivery, state: StateValues) => {
      const ports = config.match === "all" ? allPorts(message, state) : [firstPort(message, state)];
      previous = read(message, state);
      const parts = sequences && readParts(message.attributes);
      if (parts?.count !== undefined) return sequences?.take(parts, delivery, ports);
      const [only] = ports;
      if (only !== undefined && ports.length === 1) return emit(only, message.payload);
      return Promise.all(ports.map((port) => emit(port, message.payload))).then(() => undefined);
    };
    return { in: (message, delivery) => references.withState((state) => handle(message, delivery, state)) };
  },
});
