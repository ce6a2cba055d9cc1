// What to write instead of a value that a schema refused.
import type { ErrorObject } from "ajv";
import { isFields } from "./outline.ts";
import { kinds, shown } from "./wording.ts";

/** The words that were allowed, when the field is a choice of words. */
export function wordsOf(error: ErrorObject): string[] | undefined {
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

/** A sentence; empty when a suggestion says it all. */
export function needOf(error: ErrorObject, suggestion: string | undefined): string {
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
