// Several engines share the work. One is killed, or stopped in its tracks for longer than its lease: the others take
// over what it had under way; when it goes on, nothing of that counts.
import { Redis } from "ioredis";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const LEASE_MS = 2_000;
const PER_SECOND = 600;
const NAMES = ["one", "two", "three"] as const;
const GROUP_KEY = "mr:{main}:topic:numbers";

export interface TakeoverOptions extends SuiteOptions {
  readonly kills: number;
  readonly pauses: number;
  /** The input keeps the order of each key: whose work it is changes hands as a whole. */
  readonly partitions?: number;
}

/** Recoveries: from the fault until others begin to take over what the engine held; `takenOverMs`: until they have all. */
export async function takeovers(
  options: TakeoverOptions,
): Promise<Report & { readonly takenOverMs: readonly number[] }> {
  const { mutant, partitions } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendfsync: "no" },
    args: ["--lease", `${LEASE_MS}ms`],
    keys: 64,
    batch: 20,
    flow: { waitMs: 3, counts: true, ...(partitions ? { numbers: { partitions, key: "/key" } } : {}) },
  });
  const redis = new Redis({ port: trial.redis.port, host: "127.0.0.1" });
  try {
    for (const name of NAMES) await trial.start(name);
    const enough = new AbortController();
    const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
    const recoveriesMs: number[] = [];
    const takenOverMs: number[] = [];
    for (let round = 0; round < options.kills + options.pauses; round++) {
      const isKill = round < options.kills;
      const name = NAMES[Math.floor(Math.random() * NAMES.length)] ?? "one";
      await sleep(200 + Math.random() * 300);
      if (isKill) await trial.kill(name);
      else trial.pause(name);
      const began = performance.now();
      if (partitions) await sleep(LEASE_MS + 1_000);
      const held = partitions ? 0 : await heldBy(redis, name);
      const patienceMs = mutant ? 5_000 : 30_000;
      if (held > 0 && (await holdsLess(redis, name, held, patienceMs))) {
        recoveriesMs.push(performance.now() - began);
        await holdsLess(redis, name, 1, patienceMs);
        takenOverMs.push(performance.now() - began);
      }
      if (isKill) await trial.start(name);
      else trial.resume(name);
    }
    enough.abort();
    await publishing;
    await trial.settled(mutant ? 4_000 : undefined);
    const verdict = await trial.verdict();
    const counts = { kills: options.kills, pauses: options.pauses };
    const done = report({ published: trial.workload.acknowledged.size, verdict }, counts, recoveriesMs);
    const disorder = partitions ? verdict.outOfOrder : 0;
    return { ...done, faults: done.faults + disorder, takenOverMs };
  } finally {
    redis.disconnect();
  }
}

/** Entries that the engine's consumers, of all its runs, hold. */
async function heldBy(redis: Redis, engine: string): Promise<number> {
  const consumers = (await redis.xinfo("CONSUMERS", GROUP_KEY, "main/work")) as unknown[][];
  let held = 0;
  for (const fields of consumers) {
    const of = new Map<unknown, unknown>();
    for (let at = 0; at < fields.length; at += 2) of.set(fields[at], fields[at + 1]);
    if (String(of.get("name")).startsWith(`${engine}:`)) held += Number(of.get("pending"));
  }
  return held;
}

async function holdsLess(redis: Redis, engine: string, than: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    if ((await heldBy(redis, engine)) < than) return true;
    await sleep(20);
  }
  return false;
}
