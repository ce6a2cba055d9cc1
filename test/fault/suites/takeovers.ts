// Several engines share the work. One is killed, or stopped in its tracks for longer than its lease: the others take
// over what it had under way; when it goes on, nothing of that counts.
import type { FaultFlowOptions } from "../../support/fault/flow.ts";
import { Holders } from "../../support/fault/holders.ts";
import { jumpingClock } from "../../support/fault/mutants.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const LEASE_MS = 2_000;
const PER_SECOND = 600;
const NAMES = ["one", "two", "three"] as const;
/** Of keys in topics with partitions: so few that whatever is under way holds several of the same. */
const ORDERED_KEYS = 8;
/** What an engine had sent to Redis when it was stopped has arrived by then. */
const ON_THE_WAY_MS = 30;
const TRIES = 100;
/** What an engine may take that was stopped, goes on, and has not yet learned that it was declared dead. */
const TICKETS = 64;
const DECLARED_DEAD = "The other engines have declared this one dead";

export interface TakeoverOptions extends SuiteOptions {
  readonly kills: number;
  readonly pauses: number;
  /** The input keeps the order of each key: whose work it is changes hands as a whole. */
  readonly partitions?: number;
  /** The wall clocks of all engines jump by hours. */
  readonly clockJumps?: boolean;
}

/**
 * Recoveries: from the fault until others begin to take over what the engine held; `takenOverMs`: until they have all.
 * What they do not take over at all is a fault too, and so is what they take from an engine that lives.
 */
export async function takeovers(
  options: TakeoverOptions,
): Promise<Report & { readonly takenOverMs: readonly number[] }> {
  const { mutant, partitions, clockJumps = false } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendfsync: "no" },
    args: ["--lease", `${LEASE_MS}ms`],
    environment: clockJumps ? jumpingClock(150) : {},
    keys: partitions ? ORDERED_KEYS : 64,
    batch: 20,
    flow: { waitMs: 3, counts: true, ...(partitions ? inOrder(partitions) : {}) },
  });
  await using holders = new Holders(trial.redis.port, partitions);
  for (const name of NAMES) await trial.start(name);
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
  const recoveriesMs: number[] = [];
  const takenOverMs: number[] = [];
  let left = 0;
  let heldByDead = 0;
  for (let round = 0; round < options.kills + options.pauses; round++) {
    await sleep(200 + Math.random() * 300);
    const { name, held } = await stoppedAtWork(trial, holders);
    heldByDead += held;
    const isKill = round < options.kills;
    if (isKill) await trial.kill(name);
    const began = performance.now();
    const patienceMs = mutant ? 2 * LEASE_MS : 30_000;
    const begun = await holders.holdsLess(name, held, patienceMs);
    if (begun) recoveriesMs.push(performance.now() - began);
    const all = begun && (await holders.holdsLess(name, 1, patienceMs));
    if (all) takenOverMs.push(performance.now() - began);
    else left += await holders.heldBy(name);
    if (isKill) await trial.start(name);
    else trial.resume(name);
  }
  enough.abort();
  await publishing;
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  const counts = { kills: options.kills, pauses: options.pauses };
  const done = report({ published: trial.workload.acknowledged.size, verdict }, counts, recoveriesMs);
  // A part that is handed over in good order may have more under way than one engine ever holds of one stream.
  const mayComeAgain = partitions ? Number.POSITIVE_INFINITY : heldByDead + options.pauses * TICKETS;
  const robbed =
    Math.max(0, verdict.redelivered - mayComeAgain) +
    Math.max(0, trial.timesSaid(DECLARED_DEAD) - options.pauses);
  const disorder = partitions ? verdict.outOfOrder : 0;
  return { ...done, faults: done.faults + left + robbed + disorder, takenOverMs };
}

/** Now and then a message fails at first: those behind it have to wait. */
function inOrder(partitions: number): Omit<FaultFlowOptions, "outside"> {
  const retry = { attempts: 10, backoff: "20ms" };
  return { stumbles: 50, numbers: { partitions, key: "/key", retry } };
}

/** Stops an engine in its tracks that has something under way: otherwise there would be nothing to take over. */
async function stoppedAtWork(trial: Trial, holders: Holders): Promise<{ name: string; held: number }> {
  for (let tries = 1; ; tries++) {
    const name = NAMES[Math.floor(Math.random() * NAMES.length)] ?? "one";
    trial.pause(name);
    await sleep(ON_THE_WAY_MS);
    const held = await holders.heldBy(name);
    if (held > 1 || tries === TRIES) return { name, held };
    trial.resume(name);
    await sleep(Math.random() * ON_THE_WAY_MS);
  }
}
