// Runs TypeScript on each message, isolated from the engine.
import { defineNode, Type } from "@millrace/sdk";
import { memoryMb, timeout } from "./script/limits.ts";
import { startScript } from "./script/runner.ts";

const docs = `Write the body of an async function. What it returns goes to \`out\`; nothing goes out for \`undefined\`.

\`\`\`json
{ "code": "const { celsius } = message.payload;\\nif (celsius > 30) emit(\\"hot\\", { celsius });\\nreturn { fahrenheit: celsius * 1.8 + 32 };" }
\`\`\`

In scope: \`message\`, \`emit(port, payload)\`, \`config\`, \`state\`, \`log\`, \`status\`, \`env\`, \`setTimeout\`, \`URL\`,
\`TextEncoder\`, \`crypto.randomUUID\`, \`structuredClone\`. Any output may be wired: emit to it by its name.

Code with a top-level \`export default\` is a module: \`export default (message, context) => …\`, with \`onStart\` and
\`onStop\` exports if wanted. It becomes a node package unchanged.

A script has a limit of time and memory. One that throws, loops or uses too much fails its own message only.`;

export default defineNode({
  type: "script",
  title: "Script",
  summary: "Runs TypeScript on each message, isolated from the engine.",
  category: "function",
  icon: "code",
  docs,
  config: Type.Object(
    {
      code: Type.String({
        title: "Code",
        description: "TypeScript: the body of an async function, or a module.",
        default: "return message.payload;",
        "x-widget": "code",
        "x-language": "typescript",
      }),
      timeout,
      memoryMb,
      env: Type.Array(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }), {
        title: "Environment",
        description: "Names of environment variables that the script may read.",
        default: [],
      }),
      config: Type.Record(Type.String(), Type.Unknown(), {
        title: "Values",
        description: "What the script sees as config.",
        default: {},
        "x-widget": "json",
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: { out: Type.Unknown({ description: "What the script returns." }) },
  openOutputs: true,
  timeoutMs: 0,
  async start(context) {
    const { config, node, wired } = context;
    const script = await startScript(context, {
      name: `${node.flow}/${node.id}`,
      code: config.code,
      config: config.config,
      outputs: ["out", "error", ...wired.outputs],
      timeout: config.timeout,
      memoryMb: config.memoryMb,
      env: config.env,
    });
    return { in: script.handler(), close: () => script.close() };
  },
});
