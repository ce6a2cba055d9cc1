// JSON Schemas compiled to checks by ajv, once per schema object and only when first needed.
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { isQuick } from "./pattern.ts";
import { expandedSize, LARGEST_SCHEMA } from "./schema-size.ts";
import { stableText } from "./stable-hash.ts";

export interface CompiledSchema {
  /** Checks the value and fills in its defaults, in place. */
  readonly check: (value: unknown) => readonly ErrorObject[];
}

export interface Compiler {
  /** Throws when the schema is no valid JSON Schema. */
  compile(schema: JsonSchema): CompiledSchema;
}

/** What is wrong with a schema itself, by its meta-schema. Never throws, and leaves the schema as it is. */
export type FindFaults = (schema: JsonSchema) => readonly Pick<ErrorObject, "instancePath" | "data">[];

const OPTIONS = {
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: true,
  validateSchema: false,
  allowUnionTypes: true,
  logger: false,
} satisfies Options;

/** Compiles schemas that only check: the value stays as it is. */
export function createPlainCompiler(): Compiler {
  return compilerWith(OPTIONS);
}

/** Compiles schemas of node packages, which are trusted as code. */
export function createCompiler(): Compiler {
  return compilerWith({ ...OPTIONS, useDefaults: true });
}

/** Compiles schemas out of flows, whose checks must cost little: patterns and size are bounded. */
export function createGuardedCompiler(): Compiler {
  const regExp = Object.assign(
    (pattern: string, flags: string) => {
      const expression = new RegExp(pattern, flags);
      return { test: (text: string) => !isQuick(pattern, text.length) || expression.test(text) };
    },
    { code: "boundedRegExp" },
  );
  const compiler = compilerWith({ ...OPTIONS, useDefaults: true, code: { regExp } });
  return {
    compile(schema) {
      if (expandedSize(schema) > LARGEST_SCHEMA) throw new RangeError("it refers to itself, or is too large");
      return compiler.compile(schema);
    },
  };
}

export function createFaultFinder(): FindFaults {
  const ajvFor = drafts(OPTIONS);
  return (schema) => {
    if (typeof schema === "boolean") return [];
    try {
      const ajv = ajvFor(schema);
      return ajv.validateSchema(schema) === true ? [] : (ajv.errors ?? []);
    } catch {
      return [{ instancePath: "/$schema", data: schema.$schema }];
    }
  };
}

function compilerWith(options: Options): Compiler {
  const cache = new WeakMap<object, CompiledSchema>();
  const ajvFor = drafts(options);
  return {
    compile(schema) {
      if (typeof schema === "boolean") return compiled(ajvFor(schema).compile(schema));
      const known = cache.get(schema);
      if (known) return known;
      // ajv never forgets names that a schema gives to its parts: such a schema gets an ajv of its own.
      const named = /"\$(id|anchor|dynamicAnchor)"/.test(JSON.stringify(schema));
      const ajv = named ? drafts(options)(schema) : ajvFor(schema);
      const made = compiled(ajv.compile(schema));
      cache.set(schema, made);
      // The cache above lets go of schemas that nobody holds; ajv would not.
      if (!named) ajv.removeSchema(schema);
      return made;
    },
  };
}

/** One ajv per draft of JSON Schema, made when first needed. */
function drafts(options: Options): (schema: JsonSchema) => Ajv | Ajv2020 {
  let draft7: Ajv | undefined;
  let draft2020: Ajv2020 | undefined;
  return (schema) => {
    if (isFields(schema) && /draft-0[67]/.test(String(schema.$schema))) {
      draft7 ??= withFormats(new Ajv(options));
      return draft7;
    }
    draft2020 ??= withFormats(new Ajv2020(options));
    return draft2020;
  };
}

function compiled(validate: ValidateFunction): CompiledSchema {
  return { check: (value) => (validate(value) ? [] : (validate.errors ?? [])) };
}

function withFormats<T extends Ajv>(ajv: T): T {
  formats.default(ajv);
  // ajv's own compares every pair of entries.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (unique: boolean, entries: readonly unknown[]) =>
      !unique || new Set(entries.map(stableText)).size === entries.length,
  });
  return ajv;
}
