// Values of flows as JSON, for showing: what JSON cannot say becomes text, and nothing makes it throw.

/** For `JSON.stringify`: big integers as text, bytes as base64, maps and sets as objects and lists. */
export function showInJson(this: unknown, key: string, value: unknown): unknown {
  // A Buffer's own toJSON has already run; the holder still has the bytes.
  const raw = this !== null && typeof this === "object" ? Reflect.get(this, key) : value;
  if (raw instanceof Uint8Array)
    return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64");
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}

/** A copy that JSON can say. */
export function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, showInJson));
}
