// Whether what an output gives can be what an input takes: a structural look at two JSON Schemas. It refuses only
// what cannot work; where a schema leaves something open, the wire is allowed and the run decides.
import type { JsonSchema } from "../../engine/admin/api.ts";
import { equal, isPlain } from "./changes.ts";

export interface Ends {
  /** Title of the node that gives, for the sentence. */
  readonly giver: string;
  /** Title of the node that takes. */
  readonly taker: string;
}

type Schema = Readonly<Record<string, unknown>>;

const DEEPEST = 12;
const TYPES = ["null", "boolean", "object", "array", "number", "string", "integer"];

/** Null when a wire can be drawn, otherwise the sentence that says why not. */
export function incompatibility(given: JsonSchema, taken: JsonSchema, ends: Ends): string | null {
  return conflict({ schema: given, root: given }, { schema: taken, root: taken }, ends, "", 0);
}

interface Rooted {
  readonly schema: unknown;
  /** Where local references point to. */
  readonly root: unknown;
}

function conflict(giver: Rooted, taker: Rooted, ends: Ends, at: string, depth: number): string | null {
  const given = resolve(giver);
  const taken = resolve(taker);
  if (depth > DEEPEST || given === null || taken === null) return null;
  const next = (from: unknown, to: unknown, place: string) =>
    conflict({ schema: from, root: giver.root }, { schema: to, root: taker.root }, ends, place, depth + 1);

  for (const all of listOf(taken.allOf)) {
    const found = next(given, all, at);
    if (found) return found;
  }
  // One alternative that fits is enough, on either side.
  for (const key of ["anyOf", "oneOf"]) {
    const takes = listOf(taken[key]).map((choice) => next(given, choice, at));
    if (takes.length > 0 && takes.every((found) => found !== null)) return takes[0] ?? null;
    const gives = listOf(given[key]).map((choice) => next(choice, taken, at));
    if (gives.length > 0 && gives.every((found) => found !== null)) return gives[0] ?? null;
  }

  const what = at === "" ? "The payload" : `"${at}"`;
  const gives = typesOf(given);
  const takes = typesOf(taken);
  if (gives && takes && !gives.some((type) => takes.some((other) => overlaps(type, other)))) {
    return `${what} is ${words(gives)} from "${ends.giver}", but "${ends.taker}" takes ${words(takes)}.`;
  }
  const constants = valuesOf(given);
  const allowed = valuesOf(taken);
  if (constants && allowed && !constants.some((value) => allowed.some((other) => equal(value, other)))) {
    return `${what} is never one of ${allowed.map((value) => JSON.stringify(value)).join(", ")}, which "${ends.taker}" takes.`;
  }
  return missing(given, taken, ends, at) ?? inside(given, taken, next, at);
}

/** A property that is required on one side and certainly absent on the other. */
function missing(given: Schema, taken: Schema, ends: Ends, at: string): string | null {
  const properties = given.properties;
  if (!isPlain(properties) || opens(given)) return null;
  for (const name of listOf(taken.required)) {
    if (typeof name !== "string" || Object.hasOwn(properties, name)) continue;
    if (listOf(given.required).includes(name)) continue;
    const place = at === "" ? name : `${at}.${name}`;
    return `"${place}" is required by "${ends.taker}", not given by "${ends.giver}".`;
  }
  return null;
}

/** Whether an object may well hold properties that its schema does not list. */
function opens(schema: Schema): boolean {
  const more = schema.additionalProperties;
  const patterns = isPlain(schema.patternProperties) && Object.keys(schema.patternProperties).length > 0;
  const combined = ["allOf", "anyOf", "oneOf", "if"].some((key) => schema[key] !== undefined);
  return more === true || isPlain(more) || patterns || combined;
}

function inside(
  given: Schema,
  taken: Schema,
  next: (from: unknown, to: unknown, place: string) => string | null,
  at: string,
): string | null {
  const required = listOf(taken.required);
  if (isPlain(given.properties) && isPlain(taken.properties)) {
    for (const [name, schema] of Object.entries(taken.properties)) {
      if (!Object.hasOwn(given.properties, name)) continue;
      // What neither side insists on may simply be absent.
      if (!required.includes(name) && !listOf(given.required).includes(name)) continue;
      const found = next(given.properties[name], schema, at === "" ? name : `${at}.${name}`);
      if (found) return found;
    }
  }
  if (given.items !== undefined && taken.items !== undefined)
    return next(given.items, taken.items, `${at}[]`);
  return null;
}

/** The schema itself, local references followed; null when it allows anything or cannot be followed. */
function resolve({ schema, root }: Rooted): Schema | null {
  let current: unknown = schema;
  for (let step = 0; step < DEEPEST; step += 1) {
    if (!isPlain(current)) return null;
    const reference = current.$ref;
    if (typeof reference !== "string") return current;
    if (!reference.startsWith("#")) return null;
    current = reference
      .slice(1)
      .split("/")
      .filter((part) => part !== "")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>(
        (value, part) => (isPlain(value) && Object.hasOwn(value, part) ? value[part] : undefined),
        root,
      );
  }
  return null;
}

function typesOf(schema: Schema): readonly string[] | null {
  const { type } = schema;
  const named = typeof type === "string" ? [type] : listOf(type).filter((item) => typeof item === "string");
  if (named.length > 0) return named.every((name) => TYPES.includes(name)) ? named : null;
  const values = valuesOf(schema);
  if (values) return [...new Set(values.map(typeOfValue))];
  return schema.properties !== undefined ? ["object"] : null;
}

function valuesOf(schema: Schema): readonly unknown[] | null {
  if (Object.hasOwn(schema, "const")) return [schema.const];
  return Array.isArray(schema.enum) && schema.enum.length > 0 ? schema.enum : null;
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function overlaps(a: string, b: string): boolean {
  return a === b || (a === "integer" && b === "number") || (a === "number" && b === "integer");
}

function words(types: readonly string[]): string {
  return types
    .map((type) => (type === "null" ? "null" : `${/^[aio]/.test(type) ? "an" : "a"} ${type}`))
    .join(" or ");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
