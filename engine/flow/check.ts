// Checks values against a JSON Schema and says what is wrong in sentences. For requests and the like; the problems
// of flow documents, which have places, are made elsewhere.

import type { TSchema } from "@millrace/sdk";
import { Ajv, type ErrorObject } from "ajv";
import type { JsonSchema } from "./document.ts";

/** More than this many sentences help nobody. */
const MOST = 20;

/** What is wrong with a value, in sentences; empty when nothing is. */
export type SchemaCheck = (value: unknown) => string[];

/** Compiles once; the check can then be called often. The value is not changed. */
export function compileSchemaCheck(schema: JsonSchema | TSchema): SchemaCheck {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    const sentences = (validate.errors ?? []).map(sentenceOf);
    return [...new Set(sentences)].slice(0, MOST);
  };
}

function sentenceOf(error: ErrorObject): string {
  const place = placeOf(error.instancePath);
  switch (error.keyword) {
    case "required":
      return `"${join(place, error.params.missingProperty)}" is missing.`;
    case "additionalProperties":
      return `"${join(place, error.params.additionalProperty)}" is not known here.`;
    case "type":
      return `${subject(place, error.data)} must be ${article(error.params.type)}.`;
    case "enum":
      return `${subject(place, error.data)} must be one of ${list(error.params.allowedValues)}.`;
    case "const":
      return `${subject(place, error.data)} must be ${shown(error.params.allowedValue)}.`;
    case "anyOf":
    case "oneOf":
      return `${subject(place, error.data)} has none of the forms that are allowed.`;
    default:
      return `${subject(place, error.data)} ${error.message ?? "is not valid"}.`;
  }
}

/** `/messages/0/payload` as people write it: `messages[0].payload`. */
function placeOf(pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce((place, step) => (/^\d+$/.test(step) ? `${place}[${step}]` : join(place, step)), "");
}

function join(place: string, step: unknown): string {
  return place === "" ? String(step) : `${place}.${String(step)}`;
}

function subject(place: string, value: unknown): string {
  return place === "" ? `The value ${shown(value)}` : `"${place}" is ${shown(value)}; it`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value !== null && typeof value === "object") return "an object";
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? `"${value}"` : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function article(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).map((name) => {
    if (name === "array") return "a list";
    return /^[aeiou]/.test(String(name)) ? `an ${name}` : name === "null" ? "null" : `a ${name}`;
  });
  return names.join(" or ");
}

function list(values: unknown): string {
  return (Array.isArray(values) ? values : [values]).map(shown).join(", ");
}
