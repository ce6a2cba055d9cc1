// The compilers of config schemas, made when first needed. They hold nothing but caches, so all flows share them.
import { type CompiledSchema, type Compiler, createCompiler, createGuardedCompiler } from "./compile.ts";
import type { JsonSchema } from "./document.ts";
import type { NodeShape } from "./node-shape.ts";

let trusted: Compiler | undefined;
let guarded: Compiler | undefined;

/** Schemas of packages as they are; those of flows with their patterns bounded. */
export function compileConfig(shape: NodeShape): (schema: JsonSchema) => CompiledSchema {
  return (schema) => (shape.scripted ? guardedCompiler() : trustedCompiler()).compile(schema);
}

export function guardedCompiler(): Compiler {
  guarded ??= createGuardedCompiler();
  return guarded;
}

function trustedCompiler(): Compiler {
  trusted ??= createCompiler();
  return trusted;
}
