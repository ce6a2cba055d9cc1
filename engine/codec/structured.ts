// MessagePack for values that JSON cannot say, so that they come back as they went. What MessagePack has no word
// for is a map whose only key is an integer (proto/message.proto lists them); objects have text keys only, so the
// two cannot be mixed up. Uint8Array and Buffer are both MessagePack's binary and come back as Buffer.
import { Packr } from "msgpackr";
import { MAX_DEPTH } from "./plain.ts";

const UNDEFINED = 1;
const MINUS_ZERO = 2;
const BIGINT = 3;
const DATE = 4;
const MAP = 5;
const SET = 6;
const TYPED_ARRAY = 7;
const UTF16 = 8;
const ODD_OBJECT = 9;

const TYPED_ARRAYS = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: false,
  variableMapSize: true,
  copyBuffers: true,
});

/** The value must have passed `jsonSaysItAll`, which refuses what cannot travel. */
export function packStructured(value: unknown): Uint8Array {
  return packr.pack(lower(value));
}

/** Throws an Error with the reason when the bytes are not what `packStructured` writes. */
export function unpackStructured(bytes: Uint8Array): unknown {
  return raise(packr.unpack(bytes), 0);
}

function tagged(tag: number, content: unknown): Map<number, unknown> {
  return new Map([[tag, content]]);
}

function lower(value: unknown): unknown {
  switch (typeof value) {
    case "undefined":
      return tagged(UNDEFINED, null);
    case "bigint":
      return tagged(BIGINT, String(value));
    case "number":
      return Object.is(value, -0) ? tagged(MINUS_ZERO, null) : value;
    case "string":
      return value.isWellFormed() ? value : tagged(UTF16, Buffer.from(value, "utf16le"));
    case "object":
      return value === null ? null : lowerObject(value);
    default:
      return value;
  }
}

function lowerObject(value: object): unknown {
  if (Array.isArray(value)) return Array.from(value, lower);
  if (value instanceof Uint8Array && !(value instanceof Uint8ClampedArray)) return value;
  if (value instanceof Date) {
    return tagged(DATE, Number.isNaN(value.getTime()) ? null : value.getTime());
  }
  if (value instanceof Map) return tagged(MAP, [...value].flat().map(lower));
  if (value instanceof Set) return tagged(SET, Array.from(value, lower));
  if (value instanceof ArrayBuffer) return tagged(TYPED_ARRAY, ["ArrayBuffer", Buffer.from(value)]);
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return tagged(TYPED_ARRAY, [Object.prototype.toString.call(value).slice(8, -1), bytes]);
  }
  const entries = Object.entries(value);
  if (entries.every(([key]) => key.isWellFormed())) {
    return new Map(entries.map(([key, item]) => [key, lower(item)]));
  }
  return tagged(ODD_OBJECT, entries.flat().map(lower));
}

function raise(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "bigint") return Number(value);
    if (value === undefined) throw new Error("it holds a MessagePack extension that is not in use here");
    return value;
  }
  if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => raise(item, depth + 1));
  if (value instanceof Uint8Array) return toBuffer(value);
  if (!(value instanceof Map)) throw new Error("it holds a MessagePack extension that is not in use here");
  const [first] = value.keys();
  if (typeof first === "number") return raiseTagged(first, value.get(first), depth);
  return objectOf([...value].map(([key, item]) => [key, raise(item, depth + 1)]));
}

function raiseTagged(tag: number, content: unknown, depth: number): unknown {
  switch (tag) {
    case UNDEFINED:
      return undefined;
    case MINUS_ZERO:
      return -0;
    case BIGINT:
      if (typeof content === "string" && /^-?\d+$/.test(content)) return BigInt(content);
      break;
    case DATE:
      if (content === null || typeof content === "number") return new Date(content ?? Number.NaN);
      break;
    case MAP:
      return new Map(pairsOf(content, depth));
    case SET:
      if (Array.isArray(content)) return new Set(content.map((item) => raise(item, depth + 1)));
      break;
    case TYPED_ARRAY:
      if (Array.isArray(content)) return raiseTypedArray(content[0], content[1]);
      break;
    case UTF16:
      if (content instanceof Uint8Array) return toBuffer(content).toString("utf16le");
      break;
    case ODD_OBJECT:
      return objectOf(pairsOf(content, depth));
  }
  throw new Error(`its extension ${tag} does not hold what it should`);
}

function pairsOf(content: unknown, depth: number): [unknown, unknown][] {
  if (!Array.isArray(content) || content.length % 2 !== 0) throw new Error("it holds a map without pairs");
  const pairs: [unknown, unknown][] = [];
  for (let index = 0; index < content.length; index += 2) {
    pairs.push([raise(content[index], depth + 1), raise(content[index + 1], depth + 1)]);
  }
  return pairs;
}

/** Defines every key as the object's own, `__proto__` too. */
function objectOf(pairs: readonly (readonly [unknown, unknown])[]): Record<string, unknown> {
  for (const [key] of pairs) {
    if (typeof key !== "string") throw new Error("it holds an object with a key that is no text");
  }
  return Object.fromEntries(pairs as [string, unknown][]);
}

function raiseTypedArray(name: unknown, content: unknown): unknown {
  if (typeof name !== "string" || !(content instanceof Uint8Array)) {
    throw new Error("it holds a typed array without name or bytes");
  }
  const buffer = new Uint8Array(content).buffer;
  if (name === "ArrayBuffer") return buffer;
  if (name === "DataView") return new DataView(buffer);
  const make = Object.hasOwn(TYPED_ARRAYS, name)
    ? TYPED_ARRAYS[name as keyof typeof TYPED_ARRAYS]
    : undefined;
  if (!make) throw new Error(`it holds a typed array of the unknown kind ${name}`);
  return new make(buffer);
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
