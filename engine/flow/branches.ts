// Which of ajv's errors about an anyOf are worth telling.
import type { ErrorObject } from "ajv";
import { isFields } from "./outline.ts";

/** Errors told of one branch. */
const MOST = 1_000;

/**
 * ajv reports what is wrong with every branch of an anyOf, then the anyOf itself. When the value plainly means one
 * of the branches, what is wrong with that one is told; otherwise only the anyOf.
 */
export function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === "anyOf" || error.keyword === "oneOf") {
      const schemas: unknown[] = Array.isArray(error.schema) ? error.schema : [];
      const start = firstOfBranches(kept, error);
      const children = kept.splice(start);
      const branches = schemas.map((_, index) => children.filter((child) => isOfBranch(child, error, index)));
      const meant = branches.filter(
        (branch) => branch.length > 0 && !branch.some((child) => excludes(child, error)),
      );
      const [only] = meant;
      kept.push(...(only && meant.length === 1 ? only.slice(0, MOST) : [error]));
    } else if (error.keyword !== "if") {
      kept.push(error);
    }
  }
  return kept;
}

function firstOfBranches(errors: readonly ErrorObject[], parent: ErrorObject): number {
  let start = errors.length;
  while (start > 0) {
    const error = errors[start - 1];
    const inside =
      error?.instancePath === parent.instancePath ||
      error?.instancePath.startsWith(`${parent.instancePath}/`);
    const below = error?.schemaPath.startsWith(`${parent.schemaPath}/`) || isReferred(error?.schemaPath);
    if (!inside || !below) return start;
    start--;
  }
  return start;
}

function isReferred(schemaPath: string | undefined): boolean {
  return schemaPath !== undefined && /^#\/(\$defs|definitions)\//.test(schemaPath);
}

/** ajv names a branch by its `$ref` instead of its index when it is one. */
function isOfBranch(child: ErrorObject, parent: ErrorObject, index: number): boolean {
  if (child.schemaPath.startsWith(`${parent.schemaPath}/${index}/`)) return true;
  const branch: unknown = Array.isArray(parent.schema) ? parent.schema[index] : undefined;
  const reference = isFields(branch) ? branch.$ref : undefined;
  return typeof reference === "string" && child.schemaPath.startsWith(`${reference}/`);
}

/** Whether the error says that the value is of another kind than the branch, not just imperfect. */
function excludes(child: ErrorObject, parent: ErrorObject): boolean {
  const here = child.instancePath === parent.instancePath;
  if (here) return ["type", "const", "enum", "required"].includes(child.keyword);
  const below = child.instancePath.slice(parent.instancePath.length + 1);
  return !below.includes("/") && child.keyword === "const";
}
