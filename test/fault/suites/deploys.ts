// A node is changed and deployed again and again while messages pass through it; of several engines each time at another
// one.
import type { TopicDetail } from "../../../engine/admin/api.ts";
import { faultFlow } from "../../support/fault/flow.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const NAMES = ["one", "two", "three"] as const;
/** So many, and so long for each, that a deploy always meets some under way. */
const PER_SECOND = 300;
const WAIT_MS = 2;
/** After a deploy was answered, messages are let through so long before the next one. */
const CALM_MS = 60;

export async function deploys(
  options: SuiteOptions & {
    readonly backend: "embedded" | "redis";
    readonly deploys: number;
    readonly engines?: number;
  },
): Promise<Report & { readonly pausesMs: readonly number[] }> {
  const { backend, mutant, engines = 1 } = options;
  await using trial = await Trial.open({
    backend,
    mutant,
    batch: 5,
    flow: { counts: true, waitMs: WAIT_MS },
  });
  const names = NAMES.slice(0, engines);
  for (const name of names) await trial.start(name);
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
  await sleep(300);
  const spans: { from: number; to: number }[] = [];
  for (let version = 1; version <= options.deploys; version++) {
    const from = Date.now();
    const flow = faultFlow({ ...trial.flowOptions, version });
    await trial.engine(names[version % engines]).api("PUT", "/api/flows/main", { flow });
    await sleep(CALM_MS);
    spans.push({ from, to: Date.now() });
  }
  enough.abort();
  await publishing;
  await trial.settled(mutant ? 3_000 : undefined);
  const times = (await trial.entries()).map(({ id }) => Number.parseInt(id, 10));
  const pausesMs = spans.map((span) => longestGap(times, span));
  const verdict = await trial.verdict();
  const done = report({ published: trial.workload.acknowledged.size, verdict }, { deploys: options.deploys });
  // No engine ended, and a deploy waits for what is under way: nothing is given up, and nothing handled twice.
  let abandoned = 0;
  for (const name of names) {
    const { handled } = await trial.engine(name).api<TopicDetail>("GET", "/api/flows/main/topics/numbers");
    for (const each of handled) abandoned += each.abandoned;
  }
  return { ...done, faults: done.faults + verdict.duplicatedOutside + abandoned, pausesMs };
}

/** The longest time within the span in which nothing came out. */
function longestGap(times: readonly number[], { from, to }: { from: number; to: number }): number {
  const within = times.filter((time) => time > from && time < to);
  let longest = 0;
  let last = from;
  for (const time of [...within, to]) {
    longest = Math.max(longest, time - last);
    last = time;
  }
  return longest;
}
