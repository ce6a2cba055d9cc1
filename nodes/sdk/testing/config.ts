// A config as the engine hands it to a node: defaults filled in, checked against the schema, frozen.
import { Errors } from "typebox/schema";
import { Failure } from "../failure.ts";
import type { TSchema } from "../schema.ts";

type Json = Record<string, unknown>;

/** The config a node would get. Throws a Failure `node/config` that names every problem. */
export function prepareConfig(type: string, schema: TSchema, given: unknown): unknown {
  const config = withDefaults(schema, structuredClone(given ?? {}));
  const problems = configProblems(schema, config);
  if (problems.length > 0) {
    throw new Failure(`The config of "${type}" is not valid: ${problems.join("; ")}.`, {
      code: "node/config",
      retry: false,
    });
  }
  return freeze(config);
}

/** What is wrong with a value, each as `place what`, for example `/rules/0/port must be string`. */
export function configProblems(schema: TSchema, value: unknown): string[] {
  const [valid, errors] = Errors(schema, value);
  return valid ? [] : errors.map((error) => `${error.instancePath || "/"} ${error.message}`);
}

/** Fills in the `default` of properties that are missing, in objects and arrays, and nowhere else (as ajv does). */
export function withDefaults(schema: unknown, value: unknown): unknown {
  if (!isObject(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => withDefaults(schema.items, item));
  if (!isObject(value) || !isObject(schema.properties)) return value;
  const filled: Json = { ...value };
  for (const [name, property] of Object.entries(schema.properties)) {
    const missing = filled[name] === undefined;
    if (missing && isObject(property) && "default" in property)
      filled[name] = structuredClone(property.default);
    if (filled[name] !== undefined) filled[name] = withDefaults(property, filled[name]);
  }
  return filled;
}

/** Freezes plain objects and arrays all the way down. */
export function freeze(value: unknown): unknown {
  if (!isObject(value) && !Array.isArray(value)) return value;
  for (const child of Object.values(value)) freeze(child);
  return Object.freeze(value);
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
