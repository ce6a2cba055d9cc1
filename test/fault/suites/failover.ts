// The master of a Redis behind Sentinels is killed, and its replica goes on. With durability "replicated" nothing is
// acknowledged that the replica does not have: in every second round the link between the two is cut first, so that
// what comes in meanwhile is known to the doomed master alone.
import { eventually } from "../../support/eventually.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import type { RedisSentinels } from "../../support/redis-sentinel.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import { type Report, recoveries, report, type SuiteOptions } from "./report.ts";

const PER_SECOND = 1_000;
/** Longer than a publish waits for the replica at once (confirmed.ts). */
const CUT_MS = 2_500;
const CHANGE_WITHIN_MS = 30_000;

export async function failover(
  options: SuiteOptions & { readonly kills: number; readonly cutsFirst?: boolean },
): Promise<Report> {
  const { mutant, kills, cutsFirst = false } = options;
  await using trial = await Trial.open({
    backend: "redis",
    behindSentinels: true,
    mutant,
    batch: 20,
    redis: { appendonly: "no" }, // what a killed server had on its disk does not matter: it follows the other
    flow: { counts: true, durability: "replicated" },
  });
  await trial.start();
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { perSecond: PER_SECOND });
  const moments: number[] = [];
  let cuts = 0;
  for (let kill = 0; kill < kills; kill++) {
    await flowing(trial);
    if ((kill % 2 === 0) === cutsFirst) {
      const { replica } = await trial.sentinels.roles();
      await replica.command("REPLICAOF", "127.0.0.1", "1");
      cuts++;
      await sleep(CUT_MS);
    }
    moments.push(await changeOver(trial.sentinels));
  }
  await sleep(500);
  enough.abort();
  await publishing;
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  return report(
    { published: trial.workload.acknowledged.size, verdict },
    { "kills of the master": kills, "cuts before": cuts },
    recoveries(await trial.entries(), moments),
  );
}

/** Resolves when some more was acknowledged; when nothing is, the engine's words are the cause. */
async function flowing(trial: Trial): Promise<void> {
  const { acknowledged } = trial.workload;
  const before = acknowledged.size;
  try {
    await eventually(() => acknowledged.size > before + PER_SECOND / 2, CHANGE_WITHIN_MS);
  } catch (error) {
    const { status, data } = await trial.engine().call("GET", "/readyz");
    const said = `${trial.engine().output}\n${status} ${JSON.stringify(data)}`;
    throw new Error(`${acknowledged.size - before} of ${PER_SECOND / 2} acknowledged:\n${said}`, {
      cause: error,
    });
  }
}

/** Resolves when the replica is the master, and the one that was killed is back and follows it; when it was killed. */
async function changeOver(sentinels: RedisSentinels): Promise<number> {
  const { master, replica } = await sentinels.roles();
  await master.kill();
  const moment = Date.now();
  await eventually(async () => (await sentinels.masterPort()) === replica.port, CHANGE_WITHIN_MS);
  await saysOfItself(replica, "role:master");
  await master.restart({ replicaof: `127.0.0.1 ${replica.port}` });
  await saysOfItself(master, "master_link_status:up");
  return moment;
}

function saysOfItself(server: RedisServer, line: string): Promise<void> {
  return eventually(
    async () => (await server.command("INFO", "replication")).includes(line),
    CHANGE_WITHIN_MS,
  );
}
