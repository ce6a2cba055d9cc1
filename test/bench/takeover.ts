// How long what only one engine may do stands still when its engine is killed, and when it stops as planned. Three
// engines share a timer that ticks every 20 ms into a stream; measured is the gap between its ticks.
// Run: node --conditions=millrace-source test/bench/takeover.ts [lease, for example 2s] [rounds]
import { Engines } from "../integration/cluster/processes.ts";
import { RedisServer } from "../support/redis-server.ts";

const [lease = "2s", rounds = "10"] = process.argv.slice(2);
const NAMES = ["a", "b", "c"];
const FLOW = {
  topics: { ticks: { delivery: "stream" } },
  nodes: {
    timer: {
      type: "timer",
      config: { every: "20ms", payloadFrom: "env.ENGINE" },
      outputs: { tick: ["ticks"] },
    },
  },
};

await using redis = await RedisServer.start();
await using engines = new Engines({ flow: FLOW, redis: redis.url, namespace: "bench", lease });
await engines.start(...NAMES);
const gaps = { killed: [] as number[], stopped: [] as number[] };
for (let round = 0; round < 2 * Number(rounds); round++) {
  const how = round % 2 === 0 ? "killed" : "stopped";
  const holder = await engines.holder("timer");
  await sleep(300 + Math.random() * 500); // somewhere between two beats
  if (how === "killed") await engines.kill(holder);
  else {
    const engine = engines.engine(holder);
    engines.running.delete(holder);
    await engine.stop();
  }
  await engines.holder("timer");
  await sleep(200);
  gaps[how].push(lastChange(await engines.messages("ticks")));
  await engines.start(holder);
}
for (const [how, each] of Object.entries(gaps)) process.stdout.write(`${how}: ${summary(each)}\n`);

/** Milliseconds between the last tick of one engine and the first of the next. */
function lastChange(ticks: readonly { entry: string; payload: unknown }[]): number {
  const index = ticks.findLastIndex(({ payload }, at) => at > 0 && payload !== ticks[at - 1]?.payload);
  const time = (at: number) => Number.parseInt(ticks[at]?.entry ?? "0", 10);
  return time(index) - time(index - 1);
}

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return `${sorted.length} times, p50 ${at(0.5)} ms, max ${sorted.at(-1)} ms (lease ${lease})`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
