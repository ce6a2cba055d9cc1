// A plain look at whether something is a JSON Schema that can be compiled. It finds what authors get wrong; the
// flow validator compiles for real.

const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const SCHEMA_KEYWORDS = [
  "items",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
];
const LIST_KEYWORDS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const MAP_KEYWORDS = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const MAX_DEPTH = 64;

/** What is wrong, with its place; undefined when nothing is. */
export function schemaFault(schema: unknown, at: string, depth = 0): string | undefined {
  if (typeof schema === "boolean") return undefined;
  if (!isRecord(schema)) return `${at} must be a JSON Schema`;
  if (depth > MAX_DEPTH) return `${at} is nested too deep, or contains itself`;
  return keywordFault(schema, at) ?? nestedFault(schema, at, depth + 1);
}

function keywordFault(schema: Record<string, unknown>, at: string): string | undefined {
  const { type, required, pattern, $ref } = schema;
  for (const name of type === undefined ? [] : [type].flat()) {
    if (!TYPES.has(name as string)) return `${at}.type is "${String(name)}", which JSON Schema does not know`;
  }
  if (
    required !== undefined &&
    !(Array.isArray(required) && required.every((name) => typeof name === "string"))
  ) {
    return `${at}.required must be an array of names`;
  }
  if (schema.enum !== undefined && !Array.isArray(schema.enum)) return `${at}.enum must be an array`;
  if (pattern !== undefined && !isPattern(pattern)) return `${at}.pattern is no regular expression`;
  if ($ref !== undefined && !(typeof $ref === "string" && $ref.startsWith("#"))) {
    return `${at}.$ref must point into the schema itself, and start with "#"`;
  }
  return undefined;
}

function nestedFault(schema: Record<string, unknown>, at: string, depth: number): string | undefined {
  for (const keyword of SCHEMA_KEYWORDS) {
    const nested = schema[keyword];
    if (nested === undefined || (keyword === "items" && Array.isArray(nested))) continue;
    const fault = schemaFault(nested, `${at}.${keyword}`, depth);
    if (fault) return fault;
  }
  for (const keyword of LIST_KEYWORDS) {
    const list = schema[keyword];
    if (list === undefined) continue;
    if (!Array.isArray(list)) return `${at}.${keyword} must be an array of schemas`;
    for (const [index, nested] of list.entries()) {
      const fault = schemaFault(nested, `${at}.${keyword}[${index}]`, depth);
      if (fault) return fault;
    }
  }
  for (const keyword of MAP_KEYWORDS) {
    const map = schema[keyword];
    if (map === undefined) continue;
    if (!isRecord(map)) return `${at}.${keyword} must be an object of schemas`;
    for (const [name, nested] of Object.entries(map)) {
      const fault = schemaFault(nested, `${at}.${keyword}.${name}`, depth);
      if (fault) return fault;
    }
  }
  return undefined;
}

function isPattern(pattern: unknown): boolean {
  try {
    return typeof pattern === "string" && new RegExp(pattern, "u") !== undefined;
  } catch {
    return false;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
