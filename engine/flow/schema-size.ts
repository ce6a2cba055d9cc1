// How much work a schema can make of one value: its size with every reference written out. Schemas of packages are
// trusted; one out of a flow could otherwise double its work at each of many references.
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { resolveReference } from "./schema-parts.ts";

export const LARGEST_SCHEMA = 10_000;

/** Counts objects and lists. Infinity for a schema that refers to itself. */
export function expandedSize(schema: JsonSchema): number {
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown): number => {
    if (value === null || typeof value !== "object") return 0;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    // Found again while it is being counted: it refers to itself.
    sizes.set(value, Number.POSITIVE_INFINITY);
    let size = 1;
    for (const child of Object.values(value)) size += sizeOf(child);
    if (isFields(value)) size += sizeOf(resolveReference(value.$ref, schema));
    sizes.set(value, size);
    return size;
  };
  return sizeOf(schema);
}
