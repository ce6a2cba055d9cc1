// How rules compare values: by meaning where a text holds a number, deeply where values are structures.
import { isDeepStrictEqual } from "node:util";

/** Equal, or the same number once as a text (`"5"` and `5`, as attributes are always texts). */
export function equals(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === "number" && typeof right === "string")
    return right.trim() !== "" && left === Number(right);
  if (typeof left === "string" && typeof right === "number")
    return left.trim() !== "" && Number(left) === right;
  return typeof left === "object" && typeof right === "object" && isDeepStrictEqual(left, right);
}

/** Below 0, 0 or above 0, as in sorting; NaN when the two have no order. */
export function order(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [a, b] = [asNumber(left), asNumber(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === "bigint" || typeof right === "bigint") return orderBig(left, right);
  return Number.NaN;
}

/** The number that a value is or says; NaN when it says none. */
export function asNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return value.trim() === "" ? Number.NaN : Number(value);
  return value instanceof Date ? value.getTime() : Number.NaN;
}

function orderBig(left: unknown, right: unknown): number {
  const isOrdered = (value: unknown): value is number | bigint =>
    typeof value === "number" || typeof value === "bigint";
  if (!isOrdered(left) || !isOrdered(right)) return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A value as text, for places that hold texts only: structures as JSON, nothing as an empty text. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  return typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}
