// Failures of other nodes of the flow, as messages.
import { defineNode, Type } from "@millrace/sdk";

const docs = `Sends a message when a node of this flow failed on one and no \`error\` output took it.

\`\`\`json
{ "nodes": ["mailer"], "uncaughtOnly": false }
\`\`\`

The payload says what happened: \`error\` (message, code, stack), \`node\` (flow, id, title, type) and \`message\` (id,
topic, attempt, attributes, payload; null when it failed outside any). It descends from the message that failed.`;

export default defineNode({
  type: "catch",
  title: "Catch",
  summary: "Sends a message when another node of the flow fails.",
  category: "flow",
  icon: "alert-triangle",
  color: "red",
  docs,
  config: Type.Object(
    {
      nodes: Type.Array(Type.String(), {
        title: "Nodes",
        description: "Whose failures; none: those of all nodes of the flow.",
        default: [],
        "x-widget": "nodes",
      }),
      uncaughtOnly: Type.Boolean({
        title: "Only what is left",
        description: "Only failures that no other catch node took.",
        default: false,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    out: Type.Object({
      error: Type.Object({
        message: Type.String(),
        code: Type.Optional(Type.String()),
        stack: Type.Optional(Type.String()),
      }),
      node: Type.Object({
        flow: Type.String(),
        id: Type.String(),
        title: Type.String(),
        type: Type.String(),
      }),
      message: Type.Unknown({ description: "What it was working on, or null." }),
    }),
  },
  start({ config, emit, onFailure }) {
    const { nodes, uncaughtOnly } = config;
    const listening = onFailure({ ...(nodes.length > 0 && { nodes }), uncaughtOnly }, (failure) =>
      emit("out", failure),
    );
    return { close: () => listening[Symbol.dispose]() };
  },
});
