// Whether a payload fits its protobuf type. protobufjs itself would turn what does not fit into something that
// does ("abc" into 0); here it is refused with its place.
import protobuf from "protobufjs";
import { protoMismatch } from "../base/errors/codec.ts";

const INTEGER_RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

/** As deep as protobuf readers follow. */
const MAX_DEPTH = 100;

/** Throws `codec/proto-mismatch` for the first thing that does not fit. */
export function checkTyped(type: protobuf.Type, payload: unknown): void {
  checkMessage(type, payload, "payload", { name: type.name, depth: 0 });
}

interface Check {
  /** The type of the whole payload, for the sentence. */
  readonly name: string;
  readonly depth: number;
}

function checkMessage(type: protobuf.Type, value: unknown, at: string, check: Check): void {
  if (check.depth > MAX_DEPTH) throw mismatch(at, `is nested deeper than ${MAX_DEPTH} messages`, check);
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw mismatch(at, `must be an object, not ${describe(value)}`, check);
  }
  const deeper = { name: check.name, depth: check.depth + 1 };
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (!field) throw mismatch(`${at}.${name}`, `is no field of ${type.name}`, check);
    if (item !== undefined && item !== null) checkField(field, item, `${at}.${name}`, deeper);
  }
  for (const field of type.fieldsArray) {
    if (field.required && !Object.hasOwn(value, field.name))
      throw mismatch(at, `lacks the required field "${field.name}"`, check);
  }
}

function checkField(field: protobuf.Field, value: unknown, at: string, check: Check): void {
  if (field instanceof protobuf.MapField) {
    if (typeof value !== "object" || Array.isArray(value)) {
      throw mismatch(at, "must be an object of names and values", check);
    }
    for (const [key, item] of Object.entries(value as object)) checkOne(field, item, `${at}.${key}`, check);
  } else if (field.repeated) {
    if (!Array.isArray(value)) throw mismatch(at, `must be an array, not ${describe(value)}`, check);
    for (const [index, item] of value.entries()) checkOne(field, item, `${at}[${index}]`, check);
  } else {
    checkOne(field, value, at, check);
  }
}

function checkOne(field: protobuf.Field, value: unknown, at: string, check: Check): void {
  const type = field.resolve().resolvedType;
  if (type instanceof protobuf.Type) {
    checkMessage(type, value, at, check);
    return;
  }
  const wanted = type instanceof protobuf.Enum ? enumFault(type, value) : scalarFault(field.type, value);
  if (wanted !== undefined) throw mismatch(at, `must be ${wanted}, not ${describe(value)}`, check);
}

function enumFault(type: protobuf.Enum, value: unknown): string | undefined {
  if (typeof value === "string" && Object.hasOwn(type.values, value)) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return undefined;
  return `one of ${Object.keys(type.values).join(", ")}`;
}

/** What the value should be, or undefined when it is. */
function scalarFault(type: string, value: unknown): string | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? undefined : "text";
    case "bool":
      return typeof value === "boolean" ? undefined : "true or false";
    case "bytes":
      return value instanceof Uint8Array ? undefined : "bytes";
    case "float":
    case "double":
      return typeof value === "number" ? undefined : "a number";
  }
  const [lowest, highest] = INTEGER_RANGES[type] ?? [0n, 0n];
  const integer = toInteger(value);
  const fits = integer !== undefined && integer >= lowest && integer <= highest;
  return fits ? undefined : `an integer from ${lowest} to ${highest}`;
}

function toInteger(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function mismatch(at: string, what: string, check: Check): Error {
  return protoMismatch({ at, what, type: check.name });
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
}
