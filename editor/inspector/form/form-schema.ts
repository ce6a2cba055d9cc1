// A node type's JSON Schema as rjsf can show it: `x-widget` becomes a field of ours, alternatives of constants
// become a choice, what no form can show becomes JSON. Values that stand for others (`${ENV}`, `{ "$secret" }`,
// `{ "$file" }`) are kept out of the type's checks. Pure.
import { isPlain, isReference, readsEnvironment } from "./reference.ts";

type Plain = Readonly<Record<string, unknown>>;
/** rjsf's uiSchema: how each field is shown. */
export type FormHints = Record<string, unknown>;

export interface FormSchema {
  readonly schema: Record<string, unknown>;
  readonly hints: FormHints;
}

/** Below this depth, and where a schema contains itself, JSON is edited as text. */
const DEPTH = 8;
const CHECKS_OF_TEXT = ["pattern", "format", "minLength", "maxLength", "enum", "const"] as const;
const SCALARS = new Set(["string", "number", "integer", "boolean"]);

/** The form for a schema and the value it will show. */
export function formSchema(schema: unknown, value: unknown): FormSchema {
  return convert(schema, [value], schema, 0);
}

function convert(given: unknown, values: readonly unknown[], root: unknown, depth: number): FormSchema {
  const schema = inlined(given, root, depth);
  if (depth > DEPTH || saysNothing(schema)) return special("json", described(schema));
  const widget = schema["x-widget"];
  const reference = values.some((value) => isReference(value, schema.type === "string"));
  if (typeof widget === "string")
    return special(widget, reference ? labelled(schema) : withoutTextChecks(schema, values));
  if (reference) return special("reference", labelled(schema));

  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return ofAlternatives(schema, alternatives, values, root, depth);
  if (Array.isArray(schema.enum) || "const" in schema) return { schema: choice(schema), hints: {} };
  if (schema.type === "array") return ofArray(schema, values, root, depth);
  if (schema.type === "object" || isPlain(schema.properties)) return ofObject(schema, values, root, depth);
  if (schema.type === "boolean") return special("boolean", schema);
  if (typeof schema.type !== "string" || !SCALARS.has(schema.type)) return special("json", schema);
  return { schema: withoutTextChecks(schema, values), hints: {} };
}

function ofObject(schema: Plain, values: readonly unknown[], root: unknown, depth: number): FormSchema {
  const properties = isPlain(schema.properties) ? schema.properties : {};
  const conditional = ["allOf", "then", "else", "dependentSchemas"].some((keyword) => keyword in schema);
  if (Object.keys(properties).length === 0 && !conditional) return ofRecord(schema);

  const hints: FormHints = {};
  const below = (property: string, child: unknown) => {
    const named =
      isPlain(child) && !("title" in child) && !("$ref" in child)
        ? { title: titleOf(property), ...child }
        : child;
    const part = convert(named, valuesAt(values, property), root, depth + 1);
    hints[property] = merged(hints[property], part.hints);
    return "title" in part.schema ? part.schema : { title: titleOf(property), ...part.schema };
  };
  const converted: Record<string, unknown> = { ...schema, properties: mapValues(properties, below) };
  // What has a default never needs to be filled in.
  const needed = requiredOf(schema).filter((name) => !hasDefault(properties[name]));
  if ("required" in schema) converted.required = needed;
  // Other properties stay in the value as they are; rjsf would show them as inputs of their own.
  if (converted.additionalProperties !== false) delete converted.additionalProperties;
  delete converted.patternProperties;

  const branch = (child: unknown) => {
    const resolved = inlined(child, root, depth);
    if (!isPlain(resolved.properties) && !("then" in resolved) && !("allOf" in resolved)) return resolved;
    const part = convert({ ...resolved, type: "object" }, values, root, depth + 1);
    Object.assign(hints, merged(hints, part.hints));
    const { type: _, ...rest } = part.schema;
    return { ...rest, ...("if" in resolved ? { if: resolved.if } : {}) };
  };
  for (const keyword of ["then", "else"] as const)
    if (keyword in schema) converted[keyword] = branch(schema[keyword]);
  if (Array.isArray(schema.allOf)) converted.allOf = schema.allOf.map(branch);
  if (isPlain(schema.dependentSchemas)) {
    converted.dependencies = mapValues(schema.dependentSchemas, (_, child) => branch(child));
    delete converted.dependentSchemas;
  }
  return { schema: { type: "object", ...converted }, hints };
}

/** An object with names of the user's choice: a table when its values are plain texts, otherwise JSON. */
function ofRecord(schema: Plain): FormSchema {
  const patterns = isPlain(schema.patternProperties) ? Object.values(schema.patternProperties) : [];
  const values = isPlain(schema.additionalProperties) ? [...patterns, schema.additionalProperties] : patterns;
  const plain = values.length > 0 && values.every((child) => isPlain(child) && child.type === "string");
  return special(plain ? "key-value" : "json", schema);
}

function ofArray(schema: Plain, values: readonly unknown[], root: unknown, depth: number): FormSchema {
  if (!isPlain(schema.items)) return special("json", schema);
  const items = values.flatMap((value) => (Array.isArray(value) ? value : []));
  const part = convert(schema.items, items, root, depth + 1);
  if (
    part.hints["ui:options"] &&
    isPlain(part.hints["ui:options"]) &&
    part.hints["ui:options"].widget === "json"
  ) {
    return special("json", schema);
  }
  const scalar = !("ui:field" in part.hints) && SCALARS.has(String(part.schema.type));
  // Entries of a list of texts need no names of their own on screen.
  const title = typeof schema.title === "string" ? schema.title : "";
  const hints = scalar ? { ...part.hints, "ui:options": { label: false, "aria-label": title } } : part.hints;
  return { schema: { ...schema, items: part.schema }, hints: { items: hints } };
}

function ofAlternatives(
  schema: Plain,
  alternatives: readonly unknown[],
  values: readonly unknown[],
  root: unknown,
  depth: number,
): FormSchema {
  const options = alternatives.map((option) => inlined(option, root, depth));
  const constants = options.filter((option) => "const" in option);
  if (constants.length === options.length) {
    return {
      schema: { ...described(schema), type: typeOfConstants(constants), oneOf: constants.map(titled) },
      hints: {},
    };
  }
  const real = options.filter((option) => option.type !== "null" && option.const !== null);
  if (real.length === 1) return convert({ ...described(schema), ...real[0] }, values, root, depth + 1);
  if (!real.every((option) => isPlain(option.properties))) return special("json", schema);

  const { anyOf: _anyOf, oneOf: _oneOf, ...shared } = schema;
  const base = isPlain(shared.properties)
    ? ofObject(shared, values, root, depth)
    : { schema: shared, hints: {} };
  const parts = real.map((option) => convert(option, values, root, depth + 1));
  return {
    schema: {
      type: "object",
      ...base.schema,
      anyOf: parts.map((part, index) => ({ title: optionTitle(real[index] ?? {}, index), ...part.schema })),
    },
    hints: { ...base.hints, anyOf: parts.map((part) => part.hints) },
  };
}

const special = (widget: string, schema: Plain): FormSchema => ({
  schema: { ...schema, "x-widget": widget },
  hints: { "ui:field": "value", "ui:fieldReplacesAnyOrOneOf": true, "ui:options": { widget } },
});

/** A local `$ref` is put in place, so that what it names gets its widgets too. */
function inlined(schema: unknown, root: unknown, depth: number): Plain {
  if (!isPlain(schema)) return {};
  if (typeof schema.$ref !== "string" || depth > DEPTH) return schema;
  const name = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(schema.$ref);
  const definitions = name?.[1] !== undefined && isPlain(root) ? root[name[1]] : undefined;
  const target = isPlain(definitions) && name?.[2] !== undefined ? definitions[name[2]] : undefined;
  const { $ref: _, ...beside } = schema;
  return { ...inlined(target, root, depth + 1), ...beside };
}

function described(schema: Plain): Plain {
  const kept = ["title", "description", "default"].filter((keyword) => keyword in schema);
  return Object.fromEntries(kept.map((keyword) => [keyword, schema[keyword]]));
}

/** Without the default: rjsf would blend it with the reference. */
function labelled(schema: Plain): Plain {
  const { default: _, ...rest } = described(schema);
  return rest;
}

function withoutTextChecks(schema: Plain, values: readonly unknown[]): Record<string, unknown> {
  if (!values.some(readsEnvironment)) return { ...schema };
  const dropped: ReadonlySet<string> = new Set(CHECKS_OF_TEXT);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !dropped.has(keyword)));
}

function choice(schema: Plain): Record<string, unknown> {
  const constants = Array.isArray(schema.enum) ? schema.enum : [schema.const];
  const { const: _, ...rest } = schema;
  return { ...rest, type: typeOfConstants(constants.map((value) => ({ const: value }))), enum: constants };
}

const typeOfConstants = (constants: readonly Plain[]): string => {
  const kinds = new Set(constants.map((option) => typeof option.const));
  return kinds.size === 1 && (kinds.has("number") || kinds.has("boolean")) ? String([...kinds][0]) : "string";
};

const titled = (option: Plain): Plain => ({ ...option, title: option.title ?? String(option.const) });

const requiredOf = (schema: Plain): string[] =>
  Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === "string") : [];

const hasDefault = (schema: unknown): boolean => isPlain(schema) && schema.default !== undefined;

/** A property's name as people read it: `startDelay` is "Start delay". */
export function titleOf(property: string): string {
  const words = property
    .replace(/([a-z\d])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`)
    .replaceAll(/[-_]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What tells the alternative from the others: its constant, or what it requires. */
function optionTitle(option: Plain, index: number): string {
  const properties = isPlain(option.properties) ? option.properties : {};
  const constant = Object.values(properties).find((child) => isPlain(child) && "const" in child);
  if (isPlain(constant)) return String(constant.const);
  const required = Array.isArray(option.required) ? option.required : Object.keys(properties);
  return required.length > 0 ? required.join(", ") : `${index + 1}`;
}

const saysNothing = (schema: Plain): boolean =>
  Object.keys(schema).every((keyword) =>
    ["title", "description", "default", "examples", "$id"].includes(keyword),
  );

const valuesAt = (values: readonly unknown[], property: string): unknown[] =>
  values.flatMap((value) => (isPlain(value) && Object.hasOwn(value, property) ? [value[property]] : []));

const mapValues = (
  object: Plain,
  change: (name: string, value: unknown) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));

function merged(first: unknown, second: unknown): FormHints {
  const result: FormHints = isPlain(first) ? { ...first } : {};
  for (const [name, value] of Object.entries(isPlain(second) ? second : {})) {
    result[name] = isPlain(value) && isPlain(result[name]) ? merged(result[name], value) : value;
  }
  return result;
}
