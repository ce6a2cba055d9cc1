// Writes a text or JSON from a message with a Mustache template.
import { defineNode, Failure, type Message, Type } from "@millrace/sdk";
import { compileTarget, Draft, emitDraft } from "./change/draft.ts";
import { compileTemplate, namesIn } from "./template/writer.ts";
import { asText } from "./value/compare.ts";
import { REFERENCE_HELP, type Read, References, type StateValues, type World } from "./value/reference.ts";

const docs = `Fills a [Mustache](https://mustache.github.io/mustache.5.html) template with the message.

\`\`\`json
{ "template": "{{payload.name}} is {{payload.celsius}} °C warm{{#payload.tags}}, {{.}}{{/payload.tags}}." }
\`\`\`

\`payload\`, \`attributes\`, \`topic\`, \`id\`, \`time\`, \`source\`, \`correlationId\` and \`attempt\` are the message's;
\`env.NAME\` is the environment; \`state.key\`, \`flow.key\` and \`global.key\` are what is kept.

- **text** (default): values go in as they are, unless \`escape\` is \`html\`.
- **json**: the result is parsed. Write \`"{{payload.name}}"\` for a text and \`{{payload.count}}\` for anything else:
  values are escaped as JSON, so that no value can break out. \`{{{payload.name}}}\` is the value as JSON, quotes
  included. A result that is not JSON fails the message.

\`syntax: "plain"\` leaves the text as it is. With \`templateFrom\` the template comes with the message.`;

/** Names that mean one value for each key. */
const KEYED = new Set(["state", "flow", "global", "env"]);
const FIELDS = new Set([
  "payload",
  "attributes",
  "topic",
  "id",
  "time",
  "source",
  "correlationId",
  "attempt",
]);

export default defineNode({
  type: "template",
  title: "Template",
  summary: "Writes a text or JSON from a message with a Mustache template.",
  category: "function",
  icon: "template",
  docs,
  config: Type.Object(
    {
      template: Type.String({
        title: "Template",
        description: "Mustache: {{payload.name}}.",
        default: "{{payload}}",
        "x-widget": "code",
        "x-language": "handlebars",
      }),
      templateFrom: Type.Optional(
        Type.String({
          title: "Template from",
          description: `Where the template is read instead. ${REFERENCE_HELP}`,
          "x-widget": "path",
        }),
      ),
      syntax: Type.Enum(["mustache", "plain"], {
        type: "string",
        title: "Syntax",
        description: "Plain: nothing is filled in.",
        default: "mustache",
      }),
      output: Type.Enum(["text", "json"], {
        type: "string",
        title: "Output",
        description: "A text, or the JSON value that the text says.",
        default: "text",
      }),
      escape: Type.Enum(["none", "html"], {
        type: "string",
        title: "Escape",
        description: "How values are made safe in a text.",
        default: "none",
      }),
      path: Type.String({
        title: "Write to",
        description: "Where the result goes: in payload, attributes, state, flow or global.",
        default: "payload",
        "x-widget": "path",
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: { out: Type.Unknown({ description: "The message with the result in its place." }) },
  start(context) {
    const { config, emit } = context;
    const references = new References(context);
    const target = compileTarget(config.path, references, context);
    const source = config.templateFrom === undefined ? undefined : references.compile(config.templateFrom);
    const compile = (template: string) => compileFill(template, config, context);
    const fixed = source ? undefined : compile(config.template);

    return {
      in: (message) =>
        references.withState(async (state) => {
          const result = await (fixed ?? compile(asText(source?.(message, state))))(message);
          if (config.path === "payload") return emit("out", result);
          const draft = new Draft(message, state);
          target.write(draft, result);
          return emitDraft(draft, emit);
        }),
    };
  },
});

/** A template as a function. It has references of its own: templates that come with messages leave nothing behind. */
function compileFill(
  template: string,
  config: { readonly syntax: string; readonly output: string; readonly escape: string },
  world: World,
): (message: Message) => unknown {
  const finish = config.output === "json" ? parseResult : (text: string) => text;
  if (config.syntax === "plain") return () => finish(template);
  const references = new References(world);
  const style = config.output === "json" ? "json" : config.escape === "html" ? "html" : "none";
  const render = compileTemplate(template, style);
  const reads = readsIn(template, references);
  return (message) => references.withState((state) => finish(render(viewOf(message, state, reads))));
}

interface NamedRead {
  readonly root: string;
  /** Undefined: the root itself is the value. */
  readonly key: string | undefined;
  readonly read: Read;
}

/** What a template mentions, and how each is read. Other names are looked up in the sections they stand in. */
function readsIn(template: string, references: References): NamedRead[] {
  const reads: NamedRead[] = [];
  for (const name of namesIn(template)) {
    const [root = "", key] = name.split(".");
    if (KEYED.has(root) && key) reads.push({ root, key, read: references.compile(`${root}.${key}`) });
    else if (FIELDS.has(root)) reads.push({ root, key: undefined, read: references.compile(root) });
  }
  return reads;
}

function viewOf(message: Message, state: StateValues, reads: readonly NamedRead[]): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const { root, key, read } of reads) {
    const value = read(message, state);
    view[root] = key === undefined ? value : { ...Object(view[root]), [key]: value };
  }
  return view;
}

function parseResult(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`The template did not make JSON: ${why}.`, { code: "template/not-json", retry: false });
  }
}
