// The compilers of schemas, made when first needed. They hold nothing but caches, so all flows share them.
import {
  type CompiledSchema,
  type Compiler,
  createCompiler,
  createFaultFinder,
  createGuardedCompiler,
  createPlainCompiler,
  type FindFaults,
} from "./compile.ts";
import type { JsonSchema } from "./document.ts";
import type { NodeShape } from "./node-shape.ts";

let plain: Compiler | undefined;
let trusted: Compiler | undefined;
let guarded: Compiler | undefined;
let findFaults: FindFaults | undefined;

/** For schemas of our own: the value stays as it is. */
export function compilePlain(schema: JsonSchema): CompiledSchema {
  plain ??= createPlainCompiler();
  return plain.compile(schema);
}

/** For config schemas, which fill in defaults: those of packages as they are, those of flows within bounds. */
export function compileConfig(shape: NodeShape): (schema: JsonSchema) => CompiledSchema {
  return (schema) => {
    if (shape.scripted) {
      guarded ??= createGuardedCompiler();
      return guarded.compile(schema);
    }
    trusted ??= createCompiler();
    return trusted.compile(schema);
  };
}

/** What is wrong with a schema by its meta-schema. */
export function faultsOf(schema: JsonSchema): ReturnType<FindFaults> {
  findFaults ??= createFaultFinder();
  return findFaults(schema);
}
