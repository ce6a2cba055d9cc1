// Sets, deletes, moves and replaces values of a message, and of the state beside it.
import { defineNode, Type } from "@millrace/sdk";
import { Draft, emitDraft } from "./change/draft.ts";
import { compileRule, Rule } from "./change/rule.ts";
import { References } from "./value/reference.ts";

const docs = `Applies its rules from the first to the last; each sees what the ones before it did. The message that came
in stays as it is: what leaves is a changed copy.

\`\`\`json
{
  "rules": [
    { "action": "set", "path": "payload.unit", "value": "°C" },
    { "action": "set", "path": "payload.limit", "from": "flow.limits.max" },
    { "action": "move", "path": "payload.id", "to": "attributes.device" },
    { "action": "delete", "path": "payload.debug" },
    { "action": "replace", "path": "payload.text", "search": "\\\\s+", "pattern": true, "value": " " }
  ]
}
\`\`\`

\`payload\`, \`attributes\`, \`correlationId\`, and \`state\`, \`flow\`, \`global\` (what is kept) can be changed. Attributes are
texts: other values are written as JSON. Setting to a value that is not there deletes. In a replacement for a pattern
\`$1\`, \`$<name>\` and \`$&\` stand for what was matched.`;

export default defineNode({
  type: "change",
  title: "Change",
  summary: "Sets, deletes, moves and replaces values of a message.",
  category: "function",
  icon: "edit",
  docs,
  config: Type.Object(
    {
      rules: Type.Array(Rule, {
        title: "Rules",
        description: "Applied from the first to the last.",
        default: [],
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: { out: Type.Unknown({ description: "The changed message." }) },
  start(context) {
    const { config, emit } = context;
    const references = new References(context);
    const changes = config.rules.map((rule) => compileRule(rule, references, context));

    return {
      in: (message) =>
        references.withState((state) => {
          const draft = new Draft(message, state);
          for (const change of changes) change(draft);
          return emitDraft(draft, emit);
        }),
    };
  },
});
