// What a deploy changes: which nodes start, stop and stay, and which topics come, go and change.
import type { Plan } from "./plan.ts";

export interface PlanDiff {
  /** Ids of nodes; a restarted one is in both `start` and `stop`. Each list in the order of its plan. */
  readonly start: string[];
  readonly stop: string[];
  readonly keep: string[];
  readonly topics: { readonly added: string[]; readonly removed: string[]; readonly changed: string[] };
}

/** `from` undefined: nothing runs yet. */
export function diffPlans(from: Plan | undefined, to: Plan): PlanDiff {
  const nodes = compare(from?.nodes ?? new Map(), to.nodes);
  const topics = compare(from?.topics ?? new Map(), to.topics);
  const restarted = new Set(nodes.changed);
  return {
    start: [...to.nodes.keys()].filter((id) => restarted.has(id) || !from?.nodes.has(id)),
    stop: [...(from?.nodes.keys() ?? [])].filter((id) => restarted.has(id) || !to.nodes.has(id)),
    keep: nodes.same,
    topics: { added: topics.added, removed: topics.removed, changed: topics.changed },
  };
}

type Parts = ReadonlyMap<string, { readonly fingerprint: string }>;

function compare(from: Parts, to: Parts): Record<"added" | "removed" | "changed" | "same", string[]> {
  const names = [...to.keys()];
  const before = names.filter((name) => from.has(name));
  const isSame = (name: string) => from.get(name)?.fingerprint === to.get(name)?.fingerprint;
  return {
    added: names.filter((name) => !from.has(name)),
    removed: [...from.keys()].filter((name) => !to.has(name)),
    changed: before.filter((name) => !isSame(name)),
    same: before.filter(isSame),
  };
}
