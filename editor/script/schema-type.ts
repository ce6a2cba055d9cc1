// JSON Schema to TypeScript, for completion and checks in scripts. Pure. What TypeScript cannot say (patterns,
// ranges, conditions) is left out: the type is then wider than the schema, never narrower.
import type { JsonSchema } from "../../engine/admin/api.ts";

type SchemaObject = Readonly<Record<string, unknown>>;

interface Root {
  readonly schema: unknown;
  readonly open: boolean;
}

const SIMPLE: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

/** How deep a schema is followed; below stands `unknown`. Also ends schemas that contain themselves. */
const DEPTH = 12;

const isObject = (value: unknown): value is SchemaObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The TypeScript type of the values that a schema allows. Never throws: what is not understood is `unknown`.
 * `open`: objects may hold more than is named, as the schema says. For values that are written; in values that are
 * read a misspelt name should be found.
 */
export function schemaToType(schema: unknown, options: { readonly open?: boolean } = {}): string {
  return typeOf(schema, { schema, open: options.open ?? false }, 0);
}

/** A union of types, each once; `unknown` swallows the others. */
export function union(types: readonly string[]): string {
  const unique = [...new Set(types)].filter((type) => type !== "never");
  if (unique.length === 0) return "never";
  if (unique.includes("unknown")) return "unknown";
  return unique.length === 1 ? (unique[0] ?? "never") : unique.map(grouped).join(" | ");
}

/** An intersection of types, each once; `unknown` adds nothing. */
export function intersection(types: readonly string[]): string {
  const unique = [...new Set(types)].filter((type) => type !== "unknown");
  if (unique.length === 0) return "unknown";
  return unique.length === 1 ? (unique[0] ?? "unknown") : unique.map(grouped).join(" & ");
}

/** A property name as it stands in a type literal. */
export const propertyName = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);

function typeOf(schema: unknown, root: Root, depth: number): string {
  if (schema === false) return "never";
  if (!isObject(schema) || depth > DEPTH) return "unknown";
  if (typeof schema.$ref === "string") return typeOf(resolve(schema.$ref, root.schema), root, depth + 1);
  if ("const" in schema) return literal(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map(literal));

  const parts: string[] = [];
  const below = (child: unknown) => typeOf(child, root, depth + 1);
  const own = byType(schema, below, depth, root.open);
  if (own !== "unknown") parts.push(own);
  for (const keyword of ["anyOf", "oneOf"] as const) {
    const options = schema[keyword];
    if (Array.isArray(options)) parts.push(union(options.map(below)));
  }
  if (Array.isArray(schema.allOf)) parts.push(...schema.allOf.map(below));
  return intersection(parts);
}

function byType(
  schema: SchemaObject,
  below: (child: unknown) => string,
  depth: number,
  open: boolean,
): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return union(
    types.map((type) => {
      if (type === "array" || (type === undefined && "items" in schema)) return arrayType(schema, below);
      if (type === "object" || (type === undefined && isObject(schema.properties))) {
        return objectType(schema, below, depth, open);
      }
      return SIMPLE[String(type)] ?? "unknown";
    }),
  );
}

function arrayType(schema: SchemaObject, below: (child: unknown) => string): string {
  const prefix = Array.isArray(schema.prefixItems)
    ? schema.prefixItems
    : Array.isArray(schema.items)
      ? schema.items
      : undefined;
  if (prefix) {
    const rest = prefix === schema.items ? schema.additionalItems : schema.items;
    const tail = rest === false ? "" : `, ...${grouped(rest === undefined ? "unknown" : below(rest))}[]`;
    return `[${prefix.map(below).join(", ")}${tail}]`;
  }
  return `${grouped(schema.items === undefined ? "unknown" : below(schema.items))}[]`;
}

function objectType(
  schema: SchemaObject,
  below: (child: unknown) => string,
  depth: number,
  open: boolean,
): string {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const indent = "  ".repeat(depth + 1);
  const lines = Object.entries(properties).map(
    ([name, child]) =>
      `${comment(child, indent)}${indent}${propertyName(name)}${required.has(name) ? "" : "?"}: ${below(child)};\n`,
  );
  for (const name of required) {
    if (typeof name === "string" && !Object.hasOwn(properties, name)) {
      lines.push(`${indent}${propertyName(name)}: unknown;\n`);
    }
  }
  const others = otherProperties(schema, below);
  if (lines.length === 0) return `Record<string, ${others === "never" ? "never" : others}>`;
  // An index signature would allow any misspelling: it stands only where the schema asks for it, or for writing.
  const asked = schema.additionalProperties !== undefined || open;
  if (others !== "never" && asked) lines.push(`${indent}[name: string]: unknown;\n`);
  return `{\n${lines.join("")}${"  ".repeat(depth)}}`;
}

function otherProperties(schema: SchemaObject, below: (child: unknown) => string): string {
  const patterns = isObject(schema.patternProperties)
    ? Object.values(schema.patternProperties).map(below)
    : [];
  if (schema.additionalProperties === false) return union(patterns);
  if (isObject(schema.additionalProperties)) return union([...patterns, below(schema.additionalProperties)]);
  return patterns.length > 0 ? union(patterns) : "unknown";
}

function comment(schema: unknown, indent: string): string {
  if (!isObject(schema) || typeof schema.description !== "string") return "";
  return `${indent}/** ${schema.description.replaceAll("*/", "* /").replace(/\s+/g, " ")} */\n`;
}

function literal(value: unknown): string {
  return typeof value === "object" && value !== null ? "unknown" : (JSON.stringify(value) ?? "unknown");
}

/** A local reference: `#/$defs/name`, or `#`. */
function resolve(reference: string, root: unknown): unknown {
  if (!reference.startsWith("#")) return undefined;
  let current: unknown = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as SchemaObject)[name];
  }
  return current;
}

function grouped(type: string): string {
  return /[|&]/.test(type) && !/^[{[(]/.test(type) ? `(${type})` : type;
}

/** True for a schema that says nothing. */
export function saysNothing(schema: JsonSchema | undefined): boolean {
  return schema === undefined || schema === true || schemaToType(schema) === "unknown";
}
