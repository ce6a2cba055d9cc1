// Whether a schema out of a flow is one: valid by its meta-schema, complete in itself, and cheap to check.
import type { Problem } from "../base/errors/error.ts";
import { flowBadSchema, flowSlowPattern } from "../base/errors/flow.ts";
import { faultsOf } from "./compilers.ts";
import type { JsonSchema } from "./document.ts";
import { isFields } from "./outline.ts";
import { patternCost } from "./pattern.ts";
import { pointer, pointerSteps } from "./pointer.ts";
import { resolveReference } from "./schema-parts.ts";
import { shown } from "./wording.ts";

/** `what` names the schema in sentences, `steps` its place in the flow. At most one error, and warnings. */
export function schemaFaults(schema: JsonSchema, what: string, steps: readonly string[]): Problem[] {
  if (!isFields(schema)) return [];
  const bad = (reason: string, inner: readonly string[]) =>
    flowBadSchema.problem({ what, reason }, { path: pointer(...steps, ...inner) });
  const [fault] = [...faultsOf(schema)].sort((a, b) => b.instancePath.length - a.instancePath.length);
  if (fault) {
    const inner = pointerSteps(fault.instancePath);
    const field = inner.length === 0 ? "It" : `"${inner.join(".")}"`;
    return [bad(`${field} cannot be ${shown(fault.data)}`, inner)];
  }
  const problems: Problem[] = [];
  const look = (value: unknown, inner: readonly string[]): void => {
    if (value === null || typeof value !== "object") return;
    if (isFields(value)) {
      const reference = value.$ref;
      if (typeof reference === "string" && resolveReference(reference, schema) === undefined) {
        problems.push(bad(`there is nothing at the $ref "${reference}" in it`, [...inner, "$ref"]));
      }
      const pattern = value.pattern;
      if (typeof pattern === "string") {
        const at = [...inner, "pattern"];
        if (!isExpression(pattern)) problems.push(bad(`"${pattern}" is no regular expression`, at));
        else if (!patternCost(pattern))
          problems.push(flowSlowPattern.problem({ pattern }, { path: pointer(...steps, ...at) }));
      }
    }
    for (const [key, child] of Object.entries(value)) look(child, [...inner, key]);
  };
  look(schema, []);
  return problems;
}

function isExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
