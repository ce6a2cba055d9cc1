// Redis answers, but takes no writes for a while: its disk is full, or its memory. No process ends, so every publish
// waits until it is taken and nothing has to be handled twice; and a full memory does not keep the engine from working
// off what is in it.
import { mkdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, recoveries, report, type SuiteOptions } from "./report.ts";

const PER_SECOND = 1_000;
/** Of a mutant: it may not notice at all. */
const PATIENCE_MS = 3_000;
/** How long writes are refused once the engine has noticed. */
const REFUSED_MS = 1_000;

interface RefusalOptions extends SuiteOptions {
  readonly times: number;
}

/** Snapshots fail, and so Redis takes no writes at all (MISCONF). */
export async function fullDisk(options: RefusalOptions): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendonly: "no", save: "3600 1000000000", "stop-writes-on-bgsave-error": "yes" },
    flow: { counts: true },
  });
  await trial.start();
  // A folder is where the snapshot belongs: it cannot be written, as on a full disk.
  const place = join(trial.redis.folder, "dump.rdb");
  const snapshot = async (status: "ok" | "err") => {
    await trial.redis.command("BGSAVE");
    await eventually(async () =>
      (await trial.redis.command("INFO")).includes(`rdb_last_bgsave_status:${status}`),
    );
  };
  return await whileFlowing(trial, options, async () => {
    rmSync(place, { force: true }); // of the time before
    mkdirSync(place);
    await snapshot("err");
    await noticed(trial, mutant);
    await sleep(REFUSED_MS);
    rmdirSync(place);
    await snapshot("ok");
  });
}

/** Redis has more than it may (OOM). What is in it by then is worked off before it gets room again. */
export async function fullMemory(options: RefusalOptions): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendfsync: "no" },
    flow: { counts: true, busyMs: 1 },
  });
  await trial.start();
  let stuck = 0;
  const done = await whileFlowing(trial, options, async () => {
    await trial.redis.command("CONFIG", "SET", "maxmemory", "1");
    await noticed(trial, mutant);
    if (!(await trial.settled(PATIENCE_MS))) stuck += (await trial.waiting()).waiting;
    await trial.redis.command("CONFIG", "SET", "maxmemory", "0");
  });
  return { ...done, faults: done.faults + stuck };
}

async function whileFlowing(
  trial: Trial,
  { mutant, times }: RefusalOptions,
  refuse: () => Promise<void>,
): Promise<Report> {
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
  const moments: number[] = [];
  for (let time = 0; time < times; time++) {
    await sleep(300 + Math.random() * 400);
    await refuse();
    moments.push(Date.now());
  }
  await sleep(500);
  enough.abort();
  await publishing;
  await trial.settled(mutant ? PATIENCE_MS : undefined);
  const verdict = await trial.verdict();
  const { acknowledged, uncertain } = trial.workload;
  const done = report(
    { published: acknowledged.size, verdict },
    { refusals: times },
    recoveries(await trial.entries(), moments),
  );
  return { ...done, faults: done.faults + uncertain.size + verdict.duplicatedOutside };
}

/** Resolves when the engine says that Redis takes no writes. */
async function noticed(trial: Trial, mutant: SuiteOptions["mutant"]): Promise<void> {
  const until = performance.now() + (mutant ? PATIENCE_MS : Number.POSITIVE_INFINITY);
  while (performance.now() < until) {
    if ((await trial.engine().call("GET", "/readyz")).status !== 200) return;
    await sleep(20);
  }
}
