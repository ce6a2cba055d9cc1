// Where problems belong: to a node, to a topic, or to the flow.
import type { Problem } from "../../engine/admin/api.ts";
import type { Focus } from "./store.ts";

/** The steps of a JSON Pointer. */
export function pointerSteps(pointer: string): readonly string[] {
  if (pointer === "") return [];
  return pointer
    .slice(pointer.startsWith("/") ? 1 : 0)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What to show when a person clicks on a problem. */
export function problemPlace(problem: Problem): Omit<Focus, "serial"> {
  const [area, name] = pointerSteps(problem.path);
  const node = problem.node ?? (area === "nodes" ? name : undefined);
  return {
    path: problem.path,
    ...(node === undefined ? {} : { node }),
    ...(node === undefined && area === "topics" && name !== undefined ? { topic: name } : {}),
  };
}

export interface ProblemCount {
  readonly errors: number;
  readonly warnings: number;
}

/** Counts by node (`node:<id>`) and by topic (`topic:<name>`). */
export function problemCounts(problems: readonly Problem[]): ReadonlyMap<string, ProblemCount> {
  const counts = new Map<string, ProblemCount>();
  for (const problem of problems) {
    const { node, topic } = problemPlace(problem);
    const key = node !== undefined ? `node:${node}` : topic !== undefined ? `topic:${topic}` : "flow";
    const count = counts.get(key) ?? { errors: 0, warnings: 0 };
    counts.set(
      key,
      problem.severity === "error"
        ? { ...count, errors: count.errors + 1 }
        : { ...count, warnings: count.warnings + 1 },
    );
  }
  return counts;
}
