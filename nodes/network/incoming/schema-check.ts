// Checks a request's parts by the JSON Schemas of the node's config; says all that is wrong, each with its place.
import { Failure } from "@millrace/sdk";
import { Ajv, type ValidateFunction } from "ajv";
import type { HttpInConfig } from "./config.ts";
import { Refusal } from "./refusal.ts";

const PARTS = ["params", "query", "body"] as const;
type Part = (typeof PARTS)[number];
/** More than this many errors help nobody. */
const MOST = 50;

interface RequestError {
  readonly in: Part;
  /** JSON Pointer into the part. */
  readonly path: string;
  readonly message: string;
}

/** Fills in defaults, and turns text of query and parameters into what the schema says. */
export type RequestCheck = (parts: Record<Part, unknown>) => void;

/** Throws a Failure for a schema that is none. The check throws a Refusal. */
export function compileRequestCheck(schemas: NonNullable<HttpInConfig["schema"]>): RequestCheck {
  const checks: [Part, ValidateFunction][] = [];
  for (const part of PARTS) {
    const schema = schemas[part];
    if (schema !== undefined) checks.push([part, compile(part, schema)]);
  }
  return (parts) => {
    const errors: RequestError[] = [];
    for (const [part, validate] of checks) {
      if (validate(parts[part])) continue;
      for (const { instancePath, message } of validate.errors ?? []) {
        errors.push({ in: part, path: instancePath, message: message ?? "is not valid" });
      }
    }
    if (errors.length === 0) return;
    const sentences = errors.map(({ in: part, path, message }) => `${part}${path} ${message}`);
    throw new Refusal(
      400,
      "http/invalid-request",
      `The request is not valid: ${sentences.slice(0, 5).join("; ")}.`,
      {
        facts: { errors: errors.slice(0, MOST) },
      },
    );
  };
}

function compile(part: Part, schema: Record<string, unknown> | boolean): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    useDefaults: true,
    validateFormats: false,
    coerceTypes: part === "body" ? false : "array",
  });
  try {
    return ajv.compile(schema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`The schema of the ${part} is not a JSON Schema: ${reason}.`, {
      code: "http/bad-schema",
      retry: false,
      cause: error,
    });
  }
}
