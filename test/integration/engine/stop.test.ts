// How an engine ends: drained, and not kept by a Redis that is gone.
import { expect, test } from "vitest";
import { EngineProcess, flowFolder } from "../../support/engine-process.ts";
import { RedisServer } from "../../support/redis-server.ts";

const FLOW = {
  topics: { ticks: { delivery: "stream" }, counts: { delivery: "stream" } },
  nodes: {
    clock: { type: "timer", config: { every: "20ms" }, outputs: { tick: ["ticks"] } },
    count: {
      type: "script",
      config: { code: 'return await state.update("n", (n) => (n ?? 0) + 1);' },
      inputs: { in: ["ticks"] },
      outputs: { out: ["counts"] },
    },
  },
};

test("ends with 0 when it is told to, with work under way", async () => {
  using folder = flowFolder(FLOW);
  await using engine = await EngineProcess.start({ flows: folder.flow, data: folder.data });
  expect(await engine.stop()).toBe(0);
});

test("ends with 0 though Redis is gone, and says what becomes of its work", async () => {
  using folder = flowFolder(FLOW);
  await using redis = await RedisServer.start();
  await using engine = await EngineProcess.start({ flows: folder.flow, data: folder.data, redis: redis.url });
  await redis.kill("SIGKILL");
  expect(await engine.stop()).toBe(0);
  expect(engine.output).toContain("Stopping without the backend, which does not answer");
});
