// Which outputs a node has: those of its type, and those its config names.
import type { AnyNodeDefinition } from "../definition.ts";

/** Output ports by name, `error` included. Every name when the type's outputs are open. */
export function outputPorts(definition: AnyNodeDefinition, config: unknown): ReadonlySet<string> {
  const named = (definition.outputsFrom ?? []).flatMap((path) => valuesAt(config, path.split(".")));
  return new Set([...Object.keys(definition.outputs), ...named, "error"]);
}

function valuesAt(value: unknown, steps: readonly string[]): string[] {
  const [step, ...rest] = steps;
  if (step === undefined) return typeof value === "string" && value !== "" ? [value] : [];
  const each = step.endsWith("[]");
  const name = each ? step.slice(0, -2) : step;
  const child: unknown = value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined;
  if (!each) return valuesAt(child, rest);
  return Array.isArray(child) ? child.flatMap((item) => valuesAt(item, rest)) : [];
}
