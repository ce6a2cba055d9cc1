// A hash of JSON values that does not depend on the order of keys.
import { createHash } from "node:crypto";

/** Equal for values that mean the same as JSON; 128 bits, URL-safe. */
export function stableHash(value: unknown): string {
  return createHash("sha256").update(stableText(value)).digest("base64url").slice(0, 22);
}

/** JSON with sorted keys. Values that JSON leaves out are left out. */
export function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((entry) => stableText(entry ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(
      ([, entry]) => entry !== undefined && typeof entry !== "function",
    );
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${stableText(entry)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
