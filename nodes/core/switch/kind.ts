// Kinds of values that a condition may ask for.

/** The words after `is`. */
export const KINDS = [
  "true",
  "false",
  "null",
  "not-null",
  "empty",
  "not-empty",
  "undefined",
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
  "buffer",
  "date",
  "json",
  "nan",
] as const;

export type Kind = (typeof KINDS)[number];

/** `null` means no value, so it holds for undefined too; `json` is a text that parses as JSON. */
export function kindTest(kind: Kind): (value: unknown) => boolean {
  switch (kind) {
    case "true":
      return (value) => value === true;
    case "false":
      return (value) => value === false;
    case "null":
      return (value) => value === null || value === undefined;
    case "not-null":
      return (value) => value !== null && value !== undefined;
    case "empty":
      return (value) => size(value) === 0;
    case "not-empty":
      return (value) => (size(value) ?? 0) > 0;
    case "undefined":
      return (value) => value === undefined;
    case "string":
      return (value) => typeof value === "string";
    case "number":
      return (value) => typeof value === "number" && !Number.isNaN(value);
    case "integer":
      return (value) => Number.isInteger(value);
    case "boolean":
      return (value) => typeof value === "boolean";
    case "array":
      return (value) => Array.isArray(value);
    case "object":
      return (value) => isPlain(value);
    case "buffer":
      return (value) => value instanceof Uint8Array;
    case "date":
      return (value) => value instanceof Date;
    case "json":
      return isJson;
    case "nan":
      return (value) => Number.isNaN(value);
    default:
      return never(kind);
  }
}

/** How much is in it; undefined for what cannot be empty (numbers, booleans, nothing). */
function size(value: unknown): number | undefined {
  if (typeof value === "string" || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  return isPlain(value) ? Object.keys(value).length : undefined;
}

function isPlain(value: unknown): value is object {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}

function isJson(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function never(kind: never): never {
  throw new RangeError(`"${String(kind)}" is not a kind of value.`);
}
