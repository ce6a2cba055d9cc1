// Three engines under load, and a clock that only one of them may run: one engine after the other is killed, every few
// seconds, and started again. Each second must be told once, whoever had the clock when it struck.

import { KEPT } from "../../support/fault/flow.ts";
import type { Entry } from "../../support/fault/outcome.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, recoveries, report, type SuiteOptions } from "./report.ts";

const NAMES = ["one", "two", "three"] as const;
const LEASE_MS = 2_000;
const EVERY_MS = 5_000;
const AWAY_MS = 1_000;
const PER_SECOND = 600;
const TICK_MS = 1_000;

const CLOCK = {
  topics: { ticks: { delivery: "stream", retention: KEPT } },
  nodes: {
    clock: {
      type: "timer",
      config: { cron: "* * * * * *", missed: "all" },
      outputs: { tick: ["ticks"] },
    },
  },
} as const;

/** Recoveries: from each kill to the next number that came out. */
export async function rollingKills(options: SuiteOptions & { readonly kills: number }): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendfsync: "no" },
    args: ["--lease", `${LEASE_MS}ms`],
    keys: 64,
    batch: 20,
    flow: { waitMs: 3, counts: true, beside: CLOCK },
  });
  for (const name of NAMES) await trial.start(name);
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
  const moments: number[] = [];
  let ofTheClock = 0;
  const first = NAMES.indexOf((await clockHolder(trial)) ?? "one");
  for (let kill = 0; kill < options.kills; kill++) {
    const name = NAMES[(first + kill) % NAMES.length] ?? "one";
    // At another moment of the second each time.
    await sleep(EVERY_MS - AWAY_MS + Math.random() * TICK_MS);
    if ((await clockHolder(trial)) === name) ofTheClock++;
    await trial.kill(name);
    moments.push(Date.now());
    await sleep(AWAY_MS);
    await trial.start(name);
  }
  await sleep(EVERY_MS);
  enough.abort();
  await publishing;
  await trial.settled(mutant ? 4_000 : undefined);
  const ended = Date.now();
  const verdict = await trial.verdict();
  const ticks = ticksOf(await trial.entries("ticks"), ended);
  const done = report(
    { published: trial.workload.acknowledged.size, verdict },
    {
      kills: options.kills,
      "of them of the clock's engine": ofTheClock,
      ticks: ticks.told,
      "ticks twice": ticks.twice,
      "ticks missed": ticks.missed,
      "ms without a tick at most": ticks.longestGapMs,
    },
    recoveries(await trial.entries(), moments),
  );
  return { ...done, faults: done.faults + ticks.twice + ticks.missed };
}

/** The engine that runs the clock now; undefined while it changes hands. */
async function clockHolder(trial: Trial): Promise<(typeof NAMES)[number] | undefined> {
  for (const name of NAMES) {
    const path = "/api/flows/main/nodes/clock";
    const { startedAt } = await trial.engine(name).api<{ startedAt: number | null }>("GET", path);
    if (startedAt !== null) return name;
  }
  return undefined;
}

/**
 * The engine of the clock is killed each time between two steps: it has remembered a tick, and not sent it. Its numbers
 * are the ticks.
 */
export async function killsWithinTicks(options: SuiteOptions & { readonly kills: number }): Promise<Report> {
  const { mutant, kills } = options;
  await using trial = await Trial.open({ backend: "redis", mutant, flow: { beside: CLOCK } });
  for (let kill = 0; kill < kills; kill++) {
    // It may send, and die, before it says that it is ready.
    const started = trial.start("one", { MILLRACE_FAILPOINTS: "before-publish=kill@3" });
    const isUp = await started.then(
      () => true,
      () => false,
    );
    if (isUp) await trial.ended();
  }
  await trial.start();
  await sleep(2 * TICK_MS);
  const entries = await trial.entries("ticks");
  const ticks = ticksOf(entries, Date.now());
  const verdict = { ...(await trial.verdict()), lost: ticks.missed, duplicated: ticks.twice };
  return report({ published: ticks.told, verdict }, { kills });
}

interface Ticks {
  readonly told: number;
  readonly twice: number;
  /** Seconds from the first that was told to the end of which none was told, once others had the time to. */
  readonly missed: number;
  /** Between two ticks, as they came. */
  readonly longestGapMs: number;
}

/** A tick says which second it stands for, however late it comes. Pure. */
export function ticksOf(entries: readonly Entry[], ended: number): Ticks {
  const dues = entries.map(({ payload }) => (payload as { time: number }).time);
  const told = new Set(dues);
  const first = Math.min(...dues);
  // The last second may still be on its way.
  const wanted = Math.max(0, Math.floor((ended - TICK_MS - first) / TICK_MS) + 1);
  const seconds = Array.from({ length: wanted }, (_, index) => first + index * TICK_MS);
  const times = entries.map(({ id }) => Number.parseInt(id, 10));
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return {
    told: told.size,
    twice: dues.length - told.size,
    missed: dues.length === 0 ? 1 : seconds.filter((due) => !told.has(due)).length,
    longestGapMs: Math.max(0, ...gaps),
  };
}
