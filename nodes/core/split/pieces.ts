// Takes values apart. Pure: the split node gives each piece its place and sends it.
import { Failure } from "@millrace/sdk";
import type { PartsType } from "./parts.ts";

export interface SplitOptions {
  /** Texts and buffers: what stands between the pieces. */
  readonly separator: string;
  /** Texts and buffers: pieces of this many characters or bytes instead; 0: by separator. */
  readonly length: number;
  /** Arrays: pieces of this many items; 1: the items themselves. */
  readonly chunk: number;
}

export interface Pieces {
  readonly type: PartsType;
  readonly values: readonly unknown[];
  /** Objects: the property of each piece. */
  readonly keys?: readonly string[];
  readonly separator?: string;
  readonly chunked?: boolean;
}

/** The pieces of a value. Throws for values that have none. */
export function piecesOf(value: unknown, options: SplitOptions): Pieces {
  if (Array.isArray(value)) {
    if (options.chunk === 1) return { type: "array", values: value };
    return { type: "array", values: chunks(value, options.chunk), chunked: true };
  }
  if (typeof value === "string") {
    if (options.length > 0) return { type: "string", values: slices(value, options.length), separator: "" };
    return { type: "string", values: value.split(options.separator), separator: options.separator };
  }
  if (value instanceof Uint8Array) return piecesOfBytes(Buffer.from(value), options);
  if (value instanceof Map) return ofEntries([...value].map(([key, item]) => [String(key), item]));
  if (value instanceof Set) return piecesOf([...value], options);
  if (value !== null && typeof value === "object" && !(value instanceof Date))
    return ofEntries(Object.entries(value));
  const what = value === null ? "null" : typeof value === "object" ? "date" : typeof value;
  throw new Failure(`A value of type "${what}" has no parts. Split an array, object, text or buffer.`, {
    code: "split/no-parts",
    retry: false,
  });
}

/** One value from what was left of the last one and what came; both of the same type. */
export function append(rest: unknown, value: unknown): unknown {
  if (rest === undefined) return value;
  if (typeof rest === "string" && typeof value === "string") return rest + value;
  if (Array.isArray(rest) && Array.isArray(value)) return [...rest, ...value];
  if (rest instanceof Uint8Array && value instanceof Uint8Array) return Buffer.concat([rest, value]);
  throw new Failure("A stream of parts changed its type. Send texts, buffers or arrays, always the same.", {
    code: "split/mixed-stream",
    retry: false,
  });
}

/** Whether the last piece is whole, and not the beginning of one that goes on in the next message. */
export function isWhole(value: unknown, options: SplitOptions): boolean {
  if (Array.isArray(value)) return value.length === options.chunk || options.chunk === 1;
  return options.length > 0 && (typeof value === "string" || value instanceof Uint8Array)
    ? value.length === options.length
    : false;
}

function piecesOfBytes(bytes: Buffer, { separator, length }: SplitOptions): Pieces {
  if (length > 0) return { type: "buffer", values: slices(bytes, length), separator: "" };
  const mark = Buffer.from(separator);
  const values: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(mark); at >= 0 && mark.length > 0; at = bytes.indexOf(mark, from)) {
    values.push(bytes.subarray(from, at));
    from = at + mark.length;
  }
  values.push(bytes.subarray(from));
  return { type: "buffer", values, separator: mark.toString("base64") };
}

function ofEntries(entries: readonly (readonly [string, unknown])[]): Pieces {
  return { type: "object", values: entries.map(([, value]) => value), keys: entries.map(([key]) => key) };
}

function chunks(items: readonly unknown[], size: number): unknown[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function slices<T extends string | Buffer>(value: T, size: number): (string | Buffer)[] {
  const count = Math.ceil(value.length / size);
  return Array.from({ length: count }, (_, index) =>
    typeof value === "string"
      ? value.slice(index * size, (index + 1) * size)
      : value.subarray(index * size, (index + 1) * size),
  );
}
