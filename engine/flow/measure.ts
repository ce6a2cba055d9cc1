// A first look at a document of unknown origin, before anything recurses into it: how deep it is, and whether
// it uses names that are refused.

import type { Problem } from "../base/errors/error.ts";
import { flowForbiddenName, flowTooDeep } from "../base/errors/flow.ts";
import { FORBIDDEN_KEYS, LIMITS } from "./names.ts";
import { pointer } from "./pointer.ts";

/** `deep`: recursion into the document is not safe. */
export function measure(document: unknown): { deep: boolean; problems: Problem[] } {
  const problems: Problem[] = [];
  const path: string[] = [];
  const open: { entries: [string, unknown][]; next: number }[] = [];
  const enter = (value: unknown): boolean => {
    if (value === null || typeof value !== "object") return true;
    if (open.length >= LIMITS.depth) return false;
    open.push({ entries: Object.entries(value), next: 0 });
    return true;
  };
  enter(document);
  for (let level = open.at(-1); level; level = open.at(-1)) {
    path.length = open.length - 1;
    const entry = level.entries[level.next++];
    if (!entry) {
      open.pop();
      continue;
    }
    const [key, value] = entry;
    path.push(key);
    if (FORBIDDEN_KEYS.has(key)) {
      problems.push(flowForbiddenName.problem({ name: key }, { path: pointer(...path) }));
    }
    if (!enter(value)) {
      const problem = flowTooDeep.problem({ depth: LIMITS.depth }, { path: pointer(...path) });
      return { deep: true, problems: [problem] };
    }
  }
  return { deep: false, problems };
}
