// Redis itself is killed and comes back with its append-only file, is away for seconds, or loses everything.
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, recoveries, report, type SuiteOptions, together } from "./report.ts";

const PER_SECOND = 1_000;
const GOES_ON_WITHIN_MS = 2_000;

export async function redisKills(
  options: SuiteOptions & { readonly kills: number; readonly awayMs?: number },
): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({ backend: "redis", mutant, flow: { counts: true } });
  await trial.start();
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
  const moments: number[] = [];
  for (let kill = 0; kill < options.kills; kill++) {
    // Who was away for long is given the time that is promised until the next time.
    await sleep((options.awayMs ? GOES_ON_WITHIN_MS : 200) + Math.random() * 400);
    await trial.redis.kill("SIGKILL");
    await sleep(options.awayMs ?? 0);
    await trial.redis.restart();
    moments.push(Date.now());
  }
  await sleep(1_000);
  enough.abort();
  await publishing;
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  return report(
    { published: trial.workload.acknowledged.size, verdict },
    { "kills of Redis": options.kills },
    recoveries(await trial.entries(), moments),
  );
}

/**
 * Half the time everything is lost, and a person accepts it; half the time the input stream with its groups. What comes
 * in afterwards takes its way as ever.
 */
export async function flushes(options: SuiteOptions & { readonly flushes: number }): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({ backend: "redis", mutant });
  const engine = await trial.start();
  const reports: Report[] = [];
  for (let flush = 0; flush < options.flushes; flush++) {
    await trial.workload.publish(500);
    await trial.settled(mutant ? 3_000 : undefined);
    if (flush % 2 === 0) await trial.redis.command("DEL", "mr:{main}:topic:numbers");
    else {
      await trial.redis.command("FLUSHALL");
      await refused(trial);
      await engine.api("POST", "/api/backend/accept");
    }
    // Gone with the rest: only what comes now can come out.
    trial.workload.acknowledged.clear();
    trial.workload.uncertain.clear();
    await trial.workload.publish(500);
    await trial.settled(mutant ? 3_000 : undefined);
    const verdict = { ...(await trial.verdict()), invented: 0 };
    reports.push(report({ published: trial.workload.acknowledged.size, verdict }, { flushes: 1 }));
  }
  return together(reports);
}

/** Resolves when the engine has noticed that its Redis came back empty, and waits to be told what to do. */
async function refused(trial: Trial): Promise<void> {
  while ((await trial.engine().call("GET", "/readyz")).status === 200) await sleep(20);
}
