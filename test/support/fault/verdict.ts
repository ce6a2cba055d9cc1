// What came out against what went in. Pure: it counts, and leaves the judgement to the tests.
import type { Result } from "./flow.ts";

export interface Evidence {
  /** Numbers whose publishing was acknowledged: each must come out exactly once. */
  readonly acknowledged: ReadonlySet<number>;
  /** Numbers whose publishing got no answer: each may come out, once. */
  readonly uncertain: ReadonlySet<number>;
  /** In the order of the output stream. */
  readonly results: readonly Result[];
  /** Lines of the sink: number and message id. */
  readonly outside: readonly string[];
}

export interface Verdict {
  /** Numbers that came out. */
  readonly messages: number;
  /** Acknowledged, and never came out. */
  readonly lost: number;
  /** Came out more than once: how many too many. */
  readonly duplicated: number;
  /** Came out although nobody put them in. */
  readonly invented: number;
  /** Came out behind a later number of the same key. */
  readonly outOfOrder: number;
  /** Counts in the state that are not 1, 2, 3 … for each key. */
  readonly miscounted: number;
  /** Effects outside that were repeated. */
  readonly duplicatedOutside: number;
  /** Came out, but the effect outside is missing. */
  readonly lostOutside: number;
  /** Repeated effects outside that had another message id than before, and so could not be told apart. */
  readonly unstableIds: number;
  /** Results of deliveries that were interrupted before: 0 would mean that no fault met work under way. */
  readonly redelivered: number;
}

export function verdictOf({ acknowledged, uncertain, results, outside }: Evidence): Verdict {
  const times = new Map<number, number>();
  for (const { number } of results) times.set(number, (times.get(number) ?? 0) + 1);
  const ids = new Map<number, string>();
  let duplicatedOutside = 0;
  let unstableIds = 0;
  for (const line of outside) {
    const [text = "", id = ""] = line.split(" ");
    const number = Number(text);
    const known = ids.get(number);
    if (known !== undefined) duplicatedOutside++;
    if (known !== undefined && known !== id) unstableIds++;
    ids.set(number, id);
  }
  const numbers = [...times.keys()];
  return {
    messages: times.size,
    lost: [...acknowledged].filter((number) => !times.has(number)).length,
    duplicated: results.length - times.size,
    invented: numbers.filter((number) => !acknowledged.has(number) && !uncertain.has(number)).length,
    outOfOrder: outOfOrder(results),
    miscounted: miscounted(results),
    duplicatedOutside,
    lostOutside: outside.length === 0 ? 0 : numbers.filter((number) => !ids.has(number)).length,
    unstableIds,
    redelivered: results.filter(({ attempt }) => attempt > 1).length,
  };
}

/** What must be 0, whatever happens: the promises G1 to G5. */
export function faultsOf(verdict: Verdict): number {
  const { lost, duplicated, invented, miscounted, lostOutside, unstableIds } = verdict;
  return lost + duplicated + invented + miscounted + lostOutside + unstableIds;
}

function outOfOrder(results: readonly Result[]): number {
  const last = new Map<string, number>();
  let late = 0;
  for (const { key, number } of results) {
    const before = last.get(key) ?? -1;
    if (number < before) late++;
    else last.set(key, number);
  }
  return late;
}

function miscounted(results: readonly Result[]): number {
  const totals = new Map<string, Set<number>>();
  let wrong = 0;
  for (const { key, total } of results) {
    if (total === undefined) continue;
    const seen = totals.get(key) ?? new Set();
    totals.set(key, seen);
    if (seen.has(total)) wrong++;
    seen.add(total);
  }
  for (const seen of totals.values()) if (Math.max(...seen) !== seen.size) wrong++;
  return wrong;
}
