// Makes one value of many. Pure: the join node decides which, and when.
import { Failure } from "@millrace/sdk";
import { asNumber, asText } from "../value/compare.ts";

export const BUILDS = [
  "array",
  "object",
  "merged",
  "string",
  "buffer",
  "sum",
  "average",
  "min",
  "max",
  "count",
] as const;

export type Build = (typeof BUILDS)[number];

export interface Piece {
  readonly value: unknown;
  /** Objects: the property it becomes. */
  readonly key: string | undefined;
}

/** Pieces in their order, as one value. `flat` takes lists of items apart again. */
export function build(
  kind: Build,
  pieces: readonly Piece[],
  separator: string | Uint8Array,
  flat = false,
): unknown {
  const values = pieces.map((piece) => piece.value);
  switch (kind) {
    case "array":
      return flat ? values.flat(1) : values;
    case "object":
      return Object.fromEntries(pieces.map(({ key, value }) => [keyOf(key), value]));
    case "merged":
      return Object.fromEntries(values.flatMap((value) => Object.entries(plainObject(value))));
    case "string":
      return values.map(asText).join(asText(separator));
    case "buffer":
      return joinBytes(values, separator);
    case "count":
      return values.length;
    case "sum":
      return numbers(values).reduce((sum, value) => sum + value, 0);
    case "average":
      return numbers(values).reduce((sum, value) => sum + value, 0) / values.length;
    case "min":
      return Math.min(...numbers(values));
    case "max":
      return Math.max(...numbers(values));
  }
}

function keyOf(key: string | undefined): string {
  if (key === undefined || key === "")
    throw mismatch(`A part has no key. Name one in "key", or use "array".`);
  if (key === "__proto__") throw mismatch(`"__proto__" cannot be a property.`);
  return key;
}

function plainObject(value: unknown): object {
  if (value === null || typeof value !== "object" || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw mismatch(`"${asText(value).slice(0, 100)}" is not an object. Only objects can be merged.`);
  }
  return value;
}

function joinBytes(values: readonly unknown[], separator: string | Uint8Array): Buffer {
  const between = Buffer.from(separator);
  const bytes = values.map((value) => (value instanceof Uint8Array ? value : Buffer.from(asText(value))));
  return Buffer.concat(bytes.flatMap((part, index) => (index === 0 ? [part] : [between, part])));
}

function numbers(values: readonly unknown[]): number[] {
  return values.map((value) => {
    const number = asNumber(value);
    if (Number.isNaN(number)) throw mismatch(`"${asText(value).slice(0, 100)}" is not a number.`);
    return number;
  });
}

function mismatch(sentence: string): Failure {
  return new Failure(sentence, { code: "join/mismatch", retry: false });
}
