// The parts of a JSON Schema that speak about one value: the schema itself, what it refers to, and every branch.
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { pointerSteps, valueAt } from "./pointer.ts";

export type SchemaObject = { readonly [keyword: string]: unknown };

/** More parts than this are not looked at: what they would say stays unknown. */
const MOST = 64;

/** Schemas of a value within one document of schemas, whose root local references start from. */
export interface Schemas {
  readonly root: JsonSchema;
  readonly parts: readonly SchemaObject[];
}

/** The schema with all that it is made of. */
export function schemasOf(schema: JsonSchema): Schemas {
  return { root: schema, parts: flatten([schema], schema) };
}

/** What the schemas say about a property or an entry. */
export function childSchemas(schemas: Schemas, key: string | number): Schemas {
  const children: unknown[] = [];
  for (const part of schemas.parts) {
    if (typeof key === "number") {
      const prefix = part.prefixItems;
      children.push(Array.isArray(prefix) && key < prefix.length ? prefix[key] : part.items);
    } else {
      const properties = part.properties;
      const own = isFields(properties) && Object.hasOwn(properties, key);
      children.push(own ? properties[key] : part.additionalProperties);
      if (!own && isFields(part.patternProperties))
        children.push(...Object.values(part.patternProperties).slice(0, MOST));
    }
  }
  return { root: schemas.root, parts: flatten(children, schemas.root) };
}

/** The names that an object may have, or undefined when it may have any. */
export function knownFields(schemas: Schemas): ReadonlySet<string> | undefined {
  const fields = new Set<string>();
  let closed = false;
  for (const part of schemas.parts) {
    for (const keyword of ["additionalProperties", "unevaluatedProperties"]) {
      if (part[keyword] !== undefined && part[keyword] !== false) return undefined;
    }
    if (part.patternProperties !== undefined) return undefined;
    if (!isFields(part.properties)) continue;
    closed = true;
    for (const field of Object.keys(part.properties)) fields.add(field);
  }
  return closed && schemas.parts.length < MOST ? fields : undefined;
}

/** The local schema that a `$ref` means, or undefined. */
export function resolveReference(reference: unknown, root: JsonSchema): unknown {
  if (reference === "#") return root;
  return typeof reference === "string" && reference.startsWith("#/")
    ? valueAt(root, pointerSteps(reference.slice(1)))
    : undefined;
}

function flatten(schemas: readonly unknown[], root: JsonSchema): SchemaObject[] {
  const found = new Set<SchemaObject>();
  const open = [...schemas];
  while (open.length > 0 && found.size < MOST) {
    const schema = open.pop();
    if (!isFields(schema) || found.has(schema)) continue;
    found.add(schema);
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      const branches = schema[keyword];
      if (Array.isArray(branches)) open.push(...branches.slice(0, MOST));
    }
    open.push(schema.then, schema.else, resolveReference(schema.$ref, root));
  }
  return [...found];
}
