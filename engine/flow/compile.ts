// JSON Schemas compiled to checks by ajv, once per schema object and only when first needed.
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { isQuick } from "./pattern.ts";

export interface CompiledSchema {
  /** Checks the value and fills in its defaults, in place. */
  readonly check: (value: unknown) => readonly ErrorObject[];
}

export interface Compiler {
  /** Throws when the schema is no valid JSON Schema. */
  compile(schema: JsonSchema): CompiledSchema;
  /** What is wrong with the schema itself, by its meta-schema. */
  faults(schema: JsonSchema): readonly ErrorObject[];
}

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

/** Compiles schemas out of flows: their patterns are run within a bound. */
export function createGuardedCompiler(): Compiler {
  const regExp = Object.assign(
    (pattern: string, flags: string) => {
      const expression = new RegExp(pattern, flags);
      return { test: (text: string) => !isQuick(pattern, text.length) || expression.test(text) };
    },
    { code: "boundedRegExp" },
  );
  return compilerWith({ ...OPTIONS, useDefaults: true, code: { regExp } });
}

function compilerWith(options: Options): Compiler {
  const cache = new WeakMap<object, CompiledSchema>();
  let draft7: Ajv | undefined;
  let draft2020: Ajv2020 | undefined;
  const ajvFor = (schema: JsonSchema): Ajv | Ajv2020 => {
    if (isFields(schema) && /draft-0[67]/.test(String(schema.$schema))) {
      draft7 ??= withFormats(new Ajv(options));
      return draft7;
    }
    draft2020 ??= withFormats(new Ajv2020(options));
    return draft2020;
  };
  return {
    faults(schema) {
      const ajv = ajvFor(schema);
      return ajv.validateSchema(schema) === true ? [] : (ajv.errors ?? []);
    },
    compile(schema) {
      if (typeof schema === "boolean") return compiled(ajvFor(schema).compile(schema));
      const known = cache.get(schema);
      if (known) return known;
      const ajv = ajvFor(schema);
      try {
        const made = compiled(ajv.compile(schema));
        cache.set(schema, made);
        return made;
      } finally {
        // ajv would keep every schema it ever saw; the cache above lets go of those that nobody holds.
        ajv.removeSchema(schema);
      }
    },
  };
}

function compiled(validate: ValidateFunction): CompiledSchema {
  return { check: (value) => (validate(value) ? [] : (validate.errors ?? [])) };
}

function withFormats<T extends Ajv>(ajv: T): T {
  formats.default(ajv);
  return ajv;
}
