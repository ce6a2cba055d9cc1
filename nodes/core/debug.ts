// Shows what comes by: in the editor's debug panel, in the log, or as its own status.
import { defineNode, type Message, Type } from "@millrace/sdk";
import { asText } from "./value/compare.ts";
import { fieldsOf } from "./value/fields.ts";
import { REFERENCE_HELP, References, type StateValues } from "./value/reference.ts";

const docs = `Shows messages while a flow is made or watched. It never holds them up and never fails one.

\`\`\`json
{ "show": "path", "path": "payload.user.name", "to": ["sidebar", "status"] }
\`\`\`

It can be switched off and on while the flow runs: with its button, or by a message at \`switch\` (true, false; anything
else switches over). The switch is kept over a restart, until \`active\` is changed.`;

const STATUS_LENGTH = 60;

export default defineNode({
  type: "debug",
  title: "Debug",
  summary: "Shows messages in the debug panel, in the log, or as its status.",
  category: "flow",
  icon: "bug",
  docs,
  config: Type.Object(
    {
      show: Type.Enum(["payload", "message", "path"], {
        type: "string",
        title: "Show",
        description: "The payload, the whole message, or one value.",
        default: "payload",
      }),
      path: Type.String({
        title: "Value",
        description: `Show a value: which. ${REFERENCE_HELP}`,
        default: "payload",
        "x-widget": "path",
      }),
      to: Type.Array(Type.Enum(["sidebar", "log", "status"], { type: "string" }), {
        title: "Where",
        description: "The debug panel, the engine's log, the status under the node.",
        default: ["sidebar"],
        uniqueItems: true,
      }),
      status: Type.Enum(["value", "count"], {
        type: "string",
        title: "Status",
        description: "What the status says: the value, or how many messages came.",
        default: "value",
      }),
      label: Type.String({ title: "Label", description: "Shown with each value.", default: "" }),
      level: Type.Enum(["debug", "info", "warn", "error"], {
        type: "string",
        title: "Level",
        description: "Of the lines in the log.",
        default: "info",
      }),
      active: Type.Boolean({
        title: "Active",
        description: "Whether it shows anything, until it is switched.",
        default: true,
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {
    in: Type.Unknown({ description: "Any message." }),
    switch: Type.Unknown({ description: "True: on, false: off, anything else: over." }),
  },
  outputs: {},
  manual: true,
  async start(context) {
    const { config, log, status, state } = context;
    const references = new References(context);
    const read = config.show === "path" ? references.compile(config.path) : undefined;
    const to = new Set(config.to);
    const kept = await state.get<{ active: boolean; configured: boolean }>("switch");
    let active = kept?.configured === config.active ? kept.active : config.active;
    let count = 0;
    if (!active) status("off", "idle");

    const show = (message: Message, values: StateValues) => {
      const value = read
        ? read(message, values)
        : config.show === "message"
          ? fieldsOf(message)
          : message.payload;
      if (to.has("sidebar")) context.debug(value, { label: config.label, message });
      if (to.has("log")) log[config.level](config.label || "debug", { value, message: message.id });
      if (to.has("status")) status(config.status === "count" ? String(count) : shorten(asText(value)));
    };
    const turn = async (wish: unknown) => {
      active = typeof wish === "boolean" ? wish : !active;
      status(active ? "" : "off", "idle");
      await state.set("switch", { active, configured: config.active });
    };
    return {
      in(message) {
        count++;
        if (active) return references.withState((values) => show(message, values));
      },
      switch: (message) => turn(message.payload),
      fire: turn,
    };
  },
});

function shorten(text: string): string {
  return text.length > STATUS_LENGTH ? `${text.slice(0, STATUS_LENGTH)}…` : text;
}
