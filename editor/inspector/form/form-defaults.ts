// The form shows defaults as if they were written; the flow file keeps only what a person chose. Pure.
import { equal } from "../../document/changes.ts";
import { isPlain } from "./reference.ts";

/**
 * What a form gave back, without what it filled in by itself: a property that was not there before and holds its
 * default, or nothing. Properties that were written stay, also when they equal the default,
 * in the order they had.
 */
export function withoutDefaults(schema: unknown, before: unknown, after: unknown): unknown {
  if (Array.isArray(after)) {
    const known = Array.isArray(before) ? before : [];
    const items = isPlain(schema) ? schema.items : undefined;
    return after.map((item, index) => withoutDefaults(items, known[index], item));
  }
  if (!isPlain(after)) return after;
  const known = isPlain(before) ? before : {};
  const properties = propertiesOf(schema);
  const kept: [string, unknown][] = [];
  const names = [...Object.keys(known).filter((name) => Object.hasOwn(after, name)), ...Object.keys(after)];
  for (const name of new Set(names)) {
    const value = after[name];
    if (value === undefined) continue;
    const child = properties.get(name);
    const was = Object.hasOwn(known, name) ? known[name] : undefined;
    const next = withoutDefaults(child, was, value);
    if (!Object.hasOwn(known, name) && (isEmpty(next) || holdsDefault(child, value))) continue;
    kept.push([name, next]);
  }
  return Object.fromEntries(kept);
}

const holdsDefault = (schema: unknown, value: unknown): boolean =>
  isPlain(schema) && "default" in schema && equal(schema.default, value);

const isEmpty = (value: unknown): boolean =>
  (isPlain(value) && Object.keys(value).length === 0) || (Array.isArray(value) && value.length === 0);

/** Properties that a schema names anywhere on this level, its conditions and alternatives included. */
function propertiesOf(schema: unknown, found = new Map<string, unknown>()): Map<string, unknown> {
  if (!isPlain(schema)) return found;
  if (isPlain(schema.properties)) {
    for (const [name, child] of Object.entries(schema.properties))
      if (!found.has(name)) found.set(name, child);
  }
  for (const keyword of ["then", "else"]) propertiesOf(schema[keyword], found);
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const parts = schema[keyword];
    if (Array.isArray(parts)) for (const part of parts) propertiesOf(part, found);
  }
  return found;
}
