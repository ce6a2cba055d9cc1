// The catalogue of node types as a list, and one type with all that a person needs to use it.
import type { NodeTypeInfo } from "../../admin/api.ts";
import type { JsonSchema } from "../../flow/index.ts";
import type { Terminal } from "../terminal.ts";
import { table, wrap } from "./table.ts";

/** By category. */
export function showNodeTypes(types: readonly NodeTypeInfo[], terminal: Terminal): string {
  const categories = Map.groupBy(types, (type) => type.category);
  const width = Math.max(0, ...types.map((type) => type.type.length));
  const blocks = [...categories].map(([category, members]) => {
    const rows = members.map((member) => [member.type.padEnd(width), member.summary]);
    const style = (text: string, column: number) => (column === 0 ? terminal.style("link", text) : text);
    return [
      terminal.style("strong", category),
      ...table(rows, { columns: terminal.columns, indent: "  ", style }),
    ];
  });
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

export function showNodeType(type: NodeTypeInfo, terminal: Terminal): string {
  const heading = (text: string) => terminal.style("strong", text);
  const rows = (lines: string[][]) =>
    table(lines, {
      columns: terminal.columns,
      indent: "  ",
      style: (text, column) => terminal.style(column === 0 ? "link" : "quiet", text),
    });
  const sections = [
    [
      `${heading(type.type)}  ${type.title}`,
      terminal.style("quiet", `${type.package} ${type.version}`),
      "",
      type.summary,
    ],
    [heading("Config"), ...configLines(type.config, terminal)],
    [heading("Inputs"), ...rows(portRows(type.inputs))],
    [
      heading("Outputs"),
      ...rows([
        ...portRows(type.outputs),
        ...moreOutputs(type),
        ["error", "failures that were not dealt with"],
      ]),
    ],
    type.docs === "" ? [] : [heading("About"), type.docs.trim()],
  ];
  return sections
    .filter((lines) => lines.length > 1)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** Each field: its name, kind and default; under it, what there is to say. */
function configLines(schema: JsonSchema, terminal: Terminal): string[] {
  const { properties, required } = fieldsOf(schema);
  const fields = Object.entries(properties);
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  const indent = " ".repeat(width + 4);
  return fields.flatMap(([name, field]) => {
    const { description, title, default: value } = fieldsOf(field);
    const preset = value === undefined ? "" : `, default ${JSON.stringify(value)}`;
    const needed = value === undefined && required.includes(name) ? ", required" : "";
    const facts = terminal.style("quiet", `${kindOf(field)}${needed}${preset}`);
    const words = typeof description === "string" ? description : typeof title === "string" ? title : "";
    const text = words === "" ? [] : wrap(words, Math.max(40, terminal.columns - indent.length));
    return [
      `  ${terminal.style("link", name.padEnd(width))}  ${facts}`,
      ...text.map((line) => indent + line),
    ];
  });
}

function portRows(ports: Readonly<Record<string, JsonSchema>>): string[][] {
  return Object.entries(ports).map(([port, schema]) => {
    const { description } = fieldsOf(schema);
    return [port, typeof description === "string" ? `${kindOf(schema)}: ${description}` : kindOf(schema)];
  });
}

function moreOutputs(type: NodeTypeInfo): string[][] {
  if (type.openOutputs) return [["(any)", "whatever the code emits to"]];
  return type.outputsFrom.map((path) => [`(${path})`, "named by the config"]);
}

/** The kind of value a schema asks for, in a word or two. */
export function kindOf(schema: unknown): string {
  const { type, enum: choices, const: only, anyOf, items } = fieldsOf(schema);
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(kindOf))].join(" | ");
  if (type === "array") return items === undefined ? "array" : `array of ${kindOf(items)}`;
  if (Array.isArray(type)) return type.join(" | ");
  return typeof type === "string" ? type : "anything";
}

interface SchemaFields extends Record<string, unknown> {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly unknown[];
}

function fieldsOf(schema: unknown): SchemaFields {
  const fields = typeof schema === "object" && schema !== null ? (schema as Record<string, unknown>) : {};
  const { properties, required } = fields;
  return {
    ...fields,
    properties:
      typeof properties === "object" && properties !== null ? (properties as Record<string, unknown>) : {},
    required: Array.isArray(required) ? required : [],
  };
}
