// What ajv found, as problems in plain sentences: which field of what is wrong, and what to write instead.
import type { ErrorObject } from "ajv";
import type { Problem } from "../base/errors/error.ts";
import {
  flowForbiddenName,
  flowMissingField,
  flowUnknownField,
  flowWrongValue,
} from "../base/errors/flow.ts";
import { FORBIDDEN_KEYS } from "./names.ts";
import { isFields } from "./outline.ts";
import { pointer, pointerSteps } from "./pointer.ts";
import type { Suggest } from "./suggest.ts";

/** Errors of one value that are looked at. */
const MOST = 10_000;

export interface Speech {
  /** Where the checked value stands in the flow: `""` for the flow, or `/nodes/x/config`. */
  readonly base: string;
  readonly node?: string;
  readonly suggest: Suggest;
}

/** One problem for each thing that is wrong. Needs ajv's `verbose` and `allErrors`. */
export function speak(errors: readonly ErrorObject[], speech: Speech): Problem[] {
  const found = new Map<string, Problem>();
  for (const error of withoutBranches(errors.slice(0, MOST))) {
    const problem = problemOf(error, speech);
    if (problem) found.set(`${problem.path}\n${problem.message}`, problem);
  }
  return [...found.values()];
}

/**
 * ajv reports what is wrong with every branch of an anyOf, then the anyOf itself. When the value plainly means one
 * of the branches, what is wrong with that one is told; otherwise only the anyOf.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === "anyOf" || error.keyword === "oneOf") {
      const schemas: unknown[] = Array.isArray(error.schema) ? error.schema : [];
      const start = firstOfBranches(kept, error);
      const children = kept.splice(start);
      const branches = schemas.map((_, index) => children.filter((child) => isOfBranch(child, error, index)));
      const meant = branches.filter(
        (branch) => branch.length > 0 && !branch.some((child) => excludes(child, error)),
      );
      const [only] = meant;
      kept.push(...(only && meant.length === 1 ? only.slice(0, MOST) : [error]));
    } else if (error.keyword !== "if") {
      kept.push(error);
    }
  }
  return kept;
}

function firstOfBranches(errors: readonly ErrorObject[], parent: ErrorObject): number {
  let start = errors.length;
  while (start > 0) {
    const error = errors[start - 1];
    const inside =
      error?.instancePath === parent.instancePath ||
      error?.instancePath.startsWith(`${parent.instancePath}/`);
    const below = error?.schemaPath.startsWith(`${parent.schemaPath}/`) || isReferred(error?.schemaPath);
    if (!inside || !below) return start;
    start--;
  }
  return start;
}

function isReferred(schemaPath: string | undefined): boolean {
  return schemaPath !== undefined && /^#\/(\$defs|definitions)\//.test(schemaPath);
}

/** ajv names a branch by its `$ref` instead of its index when it is one. */
function isOfBranch(child: ErrorObject, parent: ErrorObject, index: number): boolean {
  if (child.schemaPath.startsWith(`${parent.schemaPath}/${index}/`)) return true;
  const branch: unknown = Array.isArray(parent.schema) ? parent.schema[index] : undefined;
  const reference = isFields(branch) ? branch.$ref : undefined;
  return typeof reference === "string" && child.schemaPath.startsWith(`${reference}/`);
}

/** Whether the error says that the value is of another kind than the branch, not just imperfect. */
function excludes(child: ErrorObject, parent: ErrorObject): boolean {
  const here = child.instancePath === parent.instancePath;
  if (here) return ["type", "const", "enum", "required"].includes(child.keyword);
  const below = child.instancePath.slice(parent.instancePath.length + 1);
  return !below.includes("/") && child.keyword === "const";
}

function problemOf(error: ErrorObject, speech: Speech): Problem | undefined {
  const steps = [...pointerSteps(speech.base), ...pointerSteps(error.instancePath)];
  const owner = ownerOf(steps);
  const node = speech.node ?? (steps[0] === "nodes" ? steps[1] : undefined);
  const at = (path: string) => ({ path, ...(node !== undefined && { node }) });
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const field = String(error.params.additionalProperty ?? error.params.unevaluatedProperty);
      if (FORBIDDEN_KEYS.has(field)) return undefined;
      const suggestion = speech.suggest(field, fieldsOf(error.parentSchema));
      return flowUnknownField.problem({ owner, field, suggestion }, at(pointer(...steps, field)));
    }
    case "required": {
      const field = String(error.params.missingProperty);
      return flowMissingField.problem({ owner, field }, at(pointer(...steps)));
    }
    case "propertyNames":
      // What is wrong with the name was told just before.
      return undefined;
    case "not":
      if (!FORBIDDEN_KEYS.has(String(error.data))) break;
      // As a key it was told before the document was looked at in detail.
      if (error.propertyName !== undefined) return undefined;
      return flowForbiddenName.problem({ name: String(error.data) }, at(pointer(...steps)));
  }
  if (error.propertyName !== undefined) {
    const parts = { what: `A name in ${owner}`, value: shown(error.data), need: needOf(error, undefined) };
    return flowWrongValue.problem(parts, at(pointer(...steps, error.propertyName)));
  }
  const suggestion = suggestionFor(error, speech.suggest);
  const parts = {
    what: whatOf(steps),
    value: shown(error.data),
    need: needOf(error, suggestion),
    suggestion,
  };
  return flowWrongValue.problem(parts, at(pointer(...steps)));
}

function fieldsOf(schema: unknown): string[] {
  return isFields(schema) && isFields(schema.properties) ? Object.keys(schema.properties) : [];
}

function suggestionFor(error: ErrorObject, suggest: Suggest): string | undefined {
  const allowed = wordsOf(error);
  return typeof error.data === "string" && allowed ? suggest(error.data, allowed) : undefined;
}

/** The words that were allowed, when the field is a choice of words. */
function wordsOf(error: ErrorObject): string[] | undefined {
  const values: unknown =
    error.keyword === "enum"
      ? error.params.allowedValues
      : error.keyword === "const"
        ? [error.params.allowedValue]
        : error.keyword === "anyOf" || error.keyword === "oneOf"
          ? constantsOf(error.schema)
          : undefined;
  if (!Array.isArray(values)) return undefined;
  const words = values.filter((value) => typeof value === "string");
  return words.length === values.length ? words : undefined;
}

function constantsOf(branches: unknown): unknown[] | undefined {
  if (!Array.isArray(branches)) return undefined;
  const constants = branches.map((branch: unknown) => (isFields(branch) ? branch.const : undefined));
  return constants.includes(undefined) ? undefined : constants;
}

function needOf(error: ErrorObject, suggestion: string | undefined): string {
  const { params, parentSchema } = error;
  const own: unknown = parentSchema?.patternErrorMessage ?? parentSchema?.errorMessage;
  switch (error.keyword) {
    case "type":
      return `It must be ${kinds(params.type)}.`;
    case "enum":
    case "const":
    case "anyOf":
    case "oneOf": {
      const words = wordsOf(error) ?? (error.keyword === "enum" ? list(params.allowedValues) : undefined);
      if (words)
        return suggestion === undefined
          ? `It must be ${words.map(shown).join(", ")}.`.replace(/, ([^,]*)\.$/, " or $1.")
          : "";
      if (error.keyword === "const") return `It must be ${shown(params.allowedValue)}.`;
      const types = typesOf(error.schema);
      return types ? `It must be ${kinds(types)}.` : "It has none of the forms that are allowed here.";
    }
    case "pattern":
      return typeof own === "string"
        ? own
        : isDuration(parentSchema)
          ? DURATION
          : `It must match ${params.pattern}.`;
    case "format":
      return `It must be ${FORMATS.get(String(params.format)) ?? `of the format "${params.format}"`}.`;
    case "minimum":
      return `It must be at least ${params.limit}.`;
    case "exclusiveMinimum":
      return `It must be more than ${params.limit}.`;
    case "maximum":
      return `It must be at most ${params.limit}.`;
    case "exclusiveMaximum":
      return `It must be less than ${params.limit}.`;
    case "multipleOf":
      return `It must be a multiple of ${params.multipleOf}.`;
    case "minLength":
      return params.limit === 1
        ? "It must not be empty."
        : `It must have at least ${params.limit} characters.`;
    case "maxLength":
      return `It may have ${params.limit} characters.`;
    case "minItems":
      return `It must have at least ${params.limit} ${params.limit === 1 ? "entry" : "entries"}.`;
    case "maxItems":
      return `It may have ${params.limit} entries.`;
    case "minProperties":
      return `It must have at least ${params.limit} ${params.limit === 1 ? "field" : "fields"}.`;
    case "maxProperties":
      return `It may have ${params.limit} fields.`;
    case "uniqueItems":
      return "It must not have the same entry twice.";
    case "contains":
      return "It lacks an entry that must be there.";
    case "dependentRequired":
    case "dependencies":
      return `With "${params.property}" it needs ${params.deps} too.`;
    default:
      return "It is not allowed here.";
  }
}

const DURATION = 'Write a duration: a number and ms, s, m, h or d, for example "5s".';

const FORMATS = new Map(
  Object.entries({
    "date-time": "a date with time, for example 2026-11-20T09:00:00Z",
    date: "a date, for example 2026-11-20",
    time: "a time, for example 09:00:00Z",
    email: "an e-mail address",
    hostname: "a host name",
    ipv4: "an IPv4 address",
    ipv6: "an IPv6 address",
    uri: "a URL, for example https://example.com/",
    "uri-reference": "a URL or a path",
    url: "a URL, for example https://example.com/",
    uuid: "a UUID",
    regex: "a regular expression",
    "json-pointer": 'a JSON Pointer, for example "/name"',
  }),
);

function isDuration(schema: unknown): boolean {
  return isFields(schema) && schema["x-widget"] === "duration";
}

function list(values: unknown): unknown[] {
  return Array.isArray(values) ? values : [values];
}

function typesOf(branches: unknown): unknown[] | undefined {
  if (!Array.isArray(branches)) return undefined;
  const types = branches.map((branch: unknown) =>
    isFields(branch)
      ? (branch.type ?? (branch.$ref === "#/definitions/file" ? "object" : undefined))
      : undefined,
  );
  return types.includes(undefined) ? undefined : types.flat();
}

const KINDS = new Map(
  Object.entries({
    string: "a text",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
    object: "an object",
    array: "a list",
    null: "null",
  }),
);

function kinds(types: unknown): string {
  return [...new Set(list(types))].map((type) => KINDS.get(String(type)) ?? String(type)).join(" or ");
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isFields(value)) return "an object";
  const text = typeof value === "string" ? value : String(value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return typeof value === "string" ? `"${short}"` : short;
}

/** `"limit" of topic "x"`. */
function whatOf(steps: readonly string[]): string {
  const last = steps.at(-1);
  if (last === undefined) return "The flow";
  const [area, name] = steps;
  if (steps.length === 1) return `"${last}" of the flow`;
  const kind = AREAS.get(area ?? "");
  if (steps.length === 2 && kind !== undefined) return `${capital(kind)} "${name}"`;
  const entry = /^\d+$/.test(last) ? `Entry ${Number(last) + 1}` : `"${last}"`;
  return `${entry} of ${ownerOf(steps.slice(0, -1))}`;
}

const AREAS = new Map(Object.entries({ nodes: "node", topics: "topic", types: "type" }));

/** `the flow`, `topic "x"`, `the config of node "x"`, `"retry" of node "x"`. */
export function ownerOf(steps: readonly string[]): string {
  const [area, name, ...inner] = steps;
  if (area === undefined) return "the flow";
  const kind = AREAS.get(area);
  if (name === undefined || kind === undefined) return `"${steps.join(".")}"`;
  const thing = `${kind} "${name}"`;
  if (inner.length === 0) return thing;
  if (inner[0] === "config" && kind === "node") {
    return inner.length === 1 ? `the config of ${thing}` : `"${dotted(inner.slice(1))}" of ${thing}`;
  }
  return `"${dotted(inner)}" of ${thing}`;
}

/** `rules[0].port`. */
function dotted(steps: readonly string[]): string {
  return steps.reduce(
    (path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`),
    "",
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
