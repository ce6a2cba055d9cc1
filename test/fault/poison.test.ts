// Messages whose handling ends the process: given up after three ends, without harm to those beside them.
import { describe, expect, test } from "vitest";
import type { TopicDetail, TopicMessages } from "../../engine/admin/api.ts";
import { EngineProcess } from "../support/engine-process.ts";
import { temporaryFolder } from "../support/package-folder.ts";
import { RedisServer } from "../support/redis-server.ts";

const PACKAGE = `export default [{
  type: "fragile", title: "Fragile", summary: "Some payloads end its process.", category: "test",
  config: { type: "object", properties: {} }, inputs: { in: {} }, outputs: { out: {} },
  start: ({ emit }) => ({
    async in({ payload, attempt }) {
      if (payload.poison) process.kill(process.pid, "SIGKILL");
      await emit("out", { number: payload.number, attempt });
    },
  }),
}];`;

const FLOW = {
  packages: ["../nodes/fragile"],
  topics: { input: { delivery: "stream" }, output: { delivery: "stream" }, other: { delivery: "stream" } },
  nodes: {
    work: { type: "fragile", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
    side: { type: "fragile", inputs: { in: ["other"] }, outputs: { out: ["output"] } },
  },
};
const POISON = [20, 41];
const MOST_STARTS = 1 + 3 * POISON.length;

describe.each(["embedded", "redis"] as const)("on the %s backend", (backend) => {
  test("what ends the process three times goes to the dead letters, everything else takes effect once", async () => {
    using folder = temporaryFolder({
      "flows/main.json": FLOW,
      "nodes/fragile/package.json": {
        name: "fragile",
        version: "1.0.0",
        type: "module",
        keywords: ["millrace-nodes"],
        exports: "./index.js",
      },
      "nodes/fragile/index.js": PACKAGE,
    });
    await using redis = await RedisServer.start({ settings: { appendonly: "yes" } });
    const options = {
      flows: `${folder.path}/flows/main.json`,
      data: `${folder.path}/data`,
      name: "fragile",
      ...(backend === "redis" ? { redis: redis.url } : {}),
    };
    let starts = 0;
    const start = async (): Promise<EngineProcess> => {
      for (;;) {
        starts++;
        // A message may end the process before it says that it is ready.
        const engine = await EngineProcess.start(options).catch(() => undefined);
        if (engine) return engine;
        if (starts > MOST_STARTS) throw new Error(`The engine did not stay up in ${starts} starts.`);
      }
    };
    let engine = await start();
    try {
      const numbers = Array.from({ length: 60 }, (_, number) => number);
      const inOrder = { messages: numbers.map((number) => ({ payload: { number: 100 + number } })) };
      await engine.api("POST", "/api/flows/main/topics/other/messages", inOrder);
      const messages = numbers.map((number) => ({ payload: { number, poison: POISON.includes(number) } }));
      await engine.api("POST", "/api/flows/main/topics/input/messages", { messages }).catch(() => undefined);
      while (!(await settled(engine))) {
        await engine.kill();
        engine = await start();
      }
      expect(starts).toBeLessThanOrEqual(MOST_STARTS);
      const results = (await payloads(engine, "output")) as { number: number }[];
      const arrived = results.map(({ number }) => number).toSorted((a, b) => a - b);
      expect(arrived).toEqual([
        ...numbers.filter((number) => !POISON.includes(number)),
        ...numbers.map((number) => 100 + number),
      ]);
      const dead = await engine.api<TopicMessages>("GET", "/api/flows/main/topics/input.dead/messages");
      expect(dead.messages.map(({ payload, attributes }) => [payload, attributes.error])).toEqual(
        POISON.map((number) => [
          { number, poison: true },
          expect.stringContaining("Its handling ended the process 3 times"),
        ]),
      );
    } finally {
      await engine.kill();
    }
  });
});

/** False when the engine ended meanwhile. */
async function settled(engine: EngineProcess): Promise<boolean> {
  try {
    for (;;) {
      const names = ["input", "other"];
      const topics = await Promise.all(
        names.map((name) => engine.api<TopicDetail>("GET", `/api/flows/main/topics/${name}`)),
      );
      const groups = topics.flatMap((topic) => topic.groups);
      if (groups.length === 2 && groups.every(({ waiting }) => waiting === 0)) return true;
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  } catch {
    return false;
  }
}

async function payloads(engine: EngineProcess, topic: string): Promise<unknown[]> {
  const path = `/api/flows/main/topics/${topic}/messages?from=0&limit=1000`;
  return (await engine.api<TopicMessages>("GET", path)).messages.map(({ payload }) => payload);
}
