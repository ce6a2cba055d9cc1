// Status changes of other nodes of the flow, as messages.
import { defineNode, type StatusLevel, Type } from "@millrace/sdk";

const docs = `Sends a message when a node of this flow shows a new status.

\`\`\`json
{ "nodes": ["gateway"], "levels": ["warning", "error"] }
\`\`\`

The payload has \`node\` (flow, id, title, type), \`text\`, \`level\` and \`time\`.`;

const LEVELS = ["idle", "info", "ok", "warning", "error"] as const;

export default defineNode({
  type: "status",
  title: "Status",
  summary: "Sends a message when another node of the flow shows a new status.",
  category: "flow",
  icon: "activity",
  docs,
  config: Type.Object(
    {
      nodes: Type.Array(Type.String(), {
        title: "Nodes",
        description: "Whose status; none: that of all nodes of the flow.",
        default: [],
        "x-widget": "nodes",
      }),
      levels: Type.Array(Type.Enum([...LEVELS], { type: "string" }), {
        title: "Levels",
        description: "Which levels; none: all.",
        default: [],
        uniqueItems: true,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    out: Type.Object({
      node: Type.Object({
        flow: Type.String(),
        id: Type.String(),
        title: Type.String(),
        type: Type.String(),
      }),
      text: Type.String(),
      level: Type.Enum([...LEVELS], { type: "string" }),
      time: Type.Number({ description: "Milliseconds since the epoch." }),
    }),
  },
  start({ config, emit, onStatus }) {
    const { nodes } = config;
    const levels = new Set<StatusLevel>(config.levels);
    const listening = onStatus(nodes.length > 0 ? { nodes } : {}, (event) => {
      if (levels.size === 0 || levels.has(event.level)) return emit("out", event);
    });
    return { close: () => listening[Symbol.dispose]() };
  },
});
