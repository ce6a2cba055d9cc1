// Whether what one end of a wire gives can be what the other end takes, by their JSON Schemas. Says no only where no
// value could pass, reading an object schema that lists its properties as listing all of them; unknown is fine.
import { type Way, waysOf, waysOfAll } from "./alternatives.ts";
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { stableText } from "./stable-hash.ts";
import { kinds } from "./wording.ts";

export type Mismatch =
  /** The taker requires a field that the giver does not have. */
  | { readonly kind: "missing"; readonly field: string }
  /** The two never agree at this field (`""`: the payload itself); both sides in words. */
  | { readonly kind: "type"; readonly field: string; readonly gives: string; readonly needs: string };

/** Comparisons that are left; when they are used up, all else counts as compatible. */
export interface Budget {
  left: number;
}

/** Values of an enum that are looked at. */
const MOST_VALUES = 200;

/** Why no payload of `from` satisfies `to`, or undefined when one may. */
export function findMismatch(
  from: JsonSchema,
  to: JsonSchema,
  budget: Budget = { left: 2_000 },
): Mismatch | undefined {
  return compareWays(waysOf(from, from), waysOf(to, to), "", budget);
}

function compareWays(
  from: readonly Way[],
  to: readonly Way[],
  field: string,
  budget: Budget,
): Mismatch | undefined {
  let first: Mismatch | undefined;
  for (const giver of from) {
    for (const taker of to) {
      if (budget.left-- <= 0) return undefined;
      const mismatch = compareWay(giver, taker, field, budget);
      if (!mismatch) return undefined;
      // A missing field says more than "an object is no text".
      if (!first || (first.kind === "type" && mismatch.kind === "missing")) first = mismatch;
    }
  }
  return first;
}

function compareWay(from: Way, to: Way, field: string, budget: Budget): Mismatch | undefined {
  const gives = typesOf(from);
  const needs = typesOf(to);
  if (gives && needs && !gives.some((type) => needs.some((other) => overlaps(type, other)))) {
    return { kind: "type", field, gives: kinds(gives), needs: kinds(needs) };
  }
  const values = valuesOf(from);
  const allowed = valuesOf(to);
  if (values && allowed) {
    const texts = new Set(allowed.map(stableText));
    if (!values.some((value) => texts.has(stableText(value)))) {
      return { kind: "type", field, gives: list(values), needs: list(allowed) };
    }
  }
  const types = gives ?? (hasFields(from) ? ["object"] : undefined);
  const shared = types?.filter((type) => !needs || needs.includes(type));
  if (shared?.length !== 1) return undefined;
  if (shared[0] === "object") return compareFields(from, to, field, budget);
  if (shared[0] === "array") return compareEntries(from, to, field, budget);
  return undefined;
}

function compareFields(from: Way, to: Way, field: string, budget: Budget): Mismatch | undefined {
  const required = requiredOf(to);
  for (const name of required) {
    if (lacks(from, name)) return { kind: "missing", field: join(field, name) };
  }
  const certain = new Set([...required, ...requiredOf(from)]);
  for (const name of certain) {
    const given = fieldSchemas(from, name);
    const taken = fieldSchemas(to, name);
    if (given.length === 0 || taken.length === 0) continue;
    const mismatch = compareWays(
      waysOfAll(given, from.root),
      waysOfAll(taken, to.root),
      join(field, name),
      budget,
    );
    if (mismatch) return mismatch;
  }
  return undefined;
}

function compareEntries(from: Way, to: Way, field: string, budget: Budget): Mismatch | undefined {
  const entries = ({ parts }: Way) => parts.flatMap((part) => (isFields(part.items) ? [part.items] : []));
  const given = entries(from);
  const taken = entries(to);
  if (given.length === 0 || taken.length === 0) return undefined;
  return compareWays(waysOfAll(given, from.root), waysOfAll(taken, to.root), `${field}[]`, budget);
}

/** Lists its properties, this one not among them, and admits no others by name. */
function lacks(way: Way, name: string): boolean {
  let lists = false;
  for (const part of way.parts) {
    if (isFields(part.properties)) {
      if (Object.hasOwn(part.properties, name)) return false;
      lists ||= Object.keys(part.properties).length > 0;
    }
    const rest = part.additionalProperties ?? part.unevaluatedProperties;
    if (rest === false) lists = true;
    else if (rest !== undefined) return false;
    const hidden = ["patternProperties", "if", "dependentSchemas", "dependencies"];
    if (hidden.some((keyword) => part[keyword] !== undefined)) return false;
  }
  return lists && !requiredOf(way).includes(name);
}

function hasFields({ parts }: Way): boolean {
  return parts.some((part) => isFields(part.properties) && Object.keys(part.properties).length > 0);
}

function fieldSchemas({ parts }: Way, name: string): unknown[] {
  return parts.flatMap((part) => {
    const properties = part.properties;
    return isFields(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  });
}

function requiredOf({ parts }: Way): string[] {
  return parts.flatMap((part) =>
    Array.isArray(part.required) ? part.required.filter((name) => typeof name === "string") : [],
  );
}

function valuesOf({ parts }: Way): readonly unknown[] | undefined {
  for (const part of parts) {
    if (part.const !== undefined) return [part.const];
    if (Array.isArray(part.enum) && part.enum.length <= MOST_VALUES) return part.enum;
  }
  return undefined;
}

/** The types a value of this way can have, or undefined when it may have any. */
function typesOf(way: Way): string[] | undefined {
  let types: string[] | undefined;
  for (const part of way.parts) {
    const said: unknown[] | undefined = part.type === undefined ? undefined : [part.type].flat();
    if (!said?.every((type) => typeof type === "string")) continue;
    types = types ? types.filter((type) => said.some((other) => overlaps(type, other))) : said;
  }
  return types ?? typesOfValues(valuesOf(way));
}

function typesOfValues(values: readonly unknown[] | undefined): string[] | undefined {
  if (!values || values.length === 0) return undefined;
  const typeOf = (value: unknown): string =>
    value === null
      ? "null"
      : Array.isArray(value)
        ? "array"
        : typeof value === "object"
          ? "object"
          : typeof value;
  return [...new Set(values.map(typeOf))];
}

function overlaps(one: string, other: string): boolean {
  const wide = (type: string) => (type === "integer" ? "number" : type);
  return wide(one) === wide(other);
}

function list(values: readonly unknown[]): string {
  const shown = values.slice(0, 5).map((value) => JSON.stringify(value) ?? "nothing");
  return `${shown.join(" or ")}${values.length > shown.length ? " …" : ""}`;
}

function join(field: string, name: string): string {
  return field === "" ? name : `${field}.${name}`;
}
