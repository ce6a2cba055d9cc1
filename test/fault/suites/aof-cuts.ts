// The append-only file of a run is cut after one command or another, as a crash of Redis would leave it; an engine that
// starts on what is left brings everything to its end that had begun.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandEndsIn, copyOfData } from "../../support/fault/aof.ts";
import { entriesInRedis } from "../../support/fault/outcome.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions, together } from "./report.ts";

const MESSAGES = 1_500;

export async function aofCuts(options: SuiteOptions & { readonly cuts: number }): Promise<Report> {
  const { mutant } = options;
  const folder = mkdtempSync(join(tmpdir(), "millrace-aof-"));
  try {
    const ends = await recorded(join(folder, "whole"), options);
    const reports: Report[] = [];
    for (let cut = 0; cut < options.cuts; cut++) {
      // One from each of as many equal stretches.
      const index = Math.floor(((cut + Math.random()) / options.cuts) * ends.length);
      const target = join(folder, `cut-${cut}`);
      copyOfData(join(folder, "whole"), target, ends[index] ?? 0);
      reports.push(await finished(target, mutant));
      rmSync(target, { recursive: true });
    }
    return together(reports);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run with a kill in it; where its commands end. */
async function recorded(target: string, { mutant }: SuiteOptions): Promise<number[]> {
  const redis = { appendfsync: "no", "auto-aof-rewrite-percentage": "0" };
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis,
    flow: { counts: mutant === undefined },
  });
  await trial.start();
  const publishing = trial.workload.publish(MESSAGES);
  await sleep(300);
  await trial.kill();
  await trial.start();
  await publishing;
  await trial.settled(mutant ? 3_000 : undefined);
  await trial.kill();
  await trial.redis.kill("SIGTERM");
  copyOfData(trial.redis.folder, target);
  return commandEndsIn(target);
}

async function finished(dir: string, mutant: SuiteOptions["mutant"]): Promise<Report> {
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { dir, appendfsync: "no" },
    flow: { counts: mutant === undefined },
  });
  for (const { payload } of await entriesInRedis(trial.redis.port, "numbers")) {
    trial.workload.acknowledged.add((payload as { number: number }).number);
  }
  await trial.start();
  await trial.settled(mutant ? 2_000 : undefined);
  // What was done before the cut was done outside in another run.
  const verdict = { ...(await trial.verdict()), lostOutside: 0 };
  return report({ published: trial.workload.acknowledged.size, verdict }, { cuts: 1 });
}
