// Engines are killed at random moments while they work, and started again.
import { jumpingClock } from "../../support/fault/mutants.ts";
import { sleep, Trial, type TrialOptions } from "../../support/fault/trial.ts";
import { type Report, recoveries, report, type SuiteOptions } from "./report.ts";

/** More than an engine can do that is kept busy by each message, so that a kill always meets some under way. */
const PER_SECOND = 2_000;
const BUSY_MS = 0.6;

export async function kills(
  options: SuiteOptions & {
    readonly backend: "embedded" | "redis";
    readonly kills: number;
    /** More than 1: so much longer between two kills, with so many more messages under way. */
    readonly stretch?: number;
    readonly trial?: Partial<TrialOptions>;
  },
): Promise<Report> {
  const { backend, mutant, stretch = 1 } = options;
  const flow = { counts: true, busyMs: BUSY_MS / stretch };
  await using trial = await Trial.open({ backend, mutant, keys: 64, flow, ...options.trial });
  await trial.start();
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND * stretch });
  const moments: number[] = [];
  for (let kill = 0; kill < options.kills; kill++) {
    await sleep((150 + Math.random() * 400) * stretch);
    await trial.kill();
    moments.push(Date.now());
    await trial.start();
  }
  await sleep(200);
  enough.abort();
  await publishing;
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  const times = options.trial?.environment ? [] : recoveries(await trial.entries(), moments);
  return report({ published: trial.workload.acknowledged.size, verdict }, { kills: options.kills }, times);
}

/** The same under a wall clock that jumps by hours: only what rests on it would notice. */
export function clockJumps(
  options: SuiteOptions & { readonly backend: "embedded" | "redis"; readonly kills: number },
): Promise<Report> {
  return kills({ ...options, trial: { environment: jumpingClock(150) } });
}
