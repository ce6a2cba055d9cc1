// A JSON Schema as the ways in which a value can satisfy it: each way is a list of schema objects that all hold.
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { resolveReference, type SchemaObject } from "./schema-parts.ts";

/** Schemas that hold together, with the root that their references start from. */
export interface Way {
  readonly root: JsonSchema;
  readonly parts: readonly SchemaObject[];
}

const MOST_WAYS = 32;
const DEEPEST = 16;
const MOST_PARTS = 200;

/** Nothing is known where the schema says nothing, or more than can be followed: one way without parts. */
export function waysOf(schema: unknown, root: JsonSchema): Way[] {
  const ways = expand(schema, root, 0);
  return (ways ?? [[]]).map((parts) => ({ root, parts }));
}

/** Ways to satisfy all of these schemas at once. */
export function waysOfAll(schemas: readonly unknown[], root: JsonSchema): Way[] {
  return waysOf({ allOf: schemas }, root);
}

function expand(schema: unknown, root: JsonSchema, depth: number): SchemaObject[][] | undefined {
  if (!isFields(schema)) return [[]];
  if (depth > DEEPEST) return undefined;
  let ways: SchemaObject[][] = [[schema]];
  const also = (more: SchemaObject[][] | undefined): boolean => {
    if (!more || ways.length * more.length > MOST_WAYS) return false;
    ways = ways.flatMap((way) => more.map((other) => [...way, ...other]));
    return ways.every((way) => way.length <= MOST_PARTS);
  };
  if (schema.$ref !== undefined && !also(expand(resolveReference(schema.$ref, root), root, depth + 1)))
    return undefined;
  for (const branch of listOf(schema.allOf)) {
    if (!also(expand(branch, root, depth + 1))) return undefined;
  }
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = listOf(schema[keyword]);
    if (branches.length === 0) continue;
    const expanded = branches.slice(0, MOST_WAYS + 1).map((branch) => expand(branch, root, depth + 1));
    const known = expanded.filter((branch) => branch !== undefined);
    if (known.length < expanded.length || !also(known.flat())) return undefined;
  }
  return ways;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
