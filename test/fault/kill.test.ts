// An engine is killed again and again while it works on a stream: every message takes effect exactly once on the
// next stream topic, and counts exactly once in the state.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TopicDetail, TopicMessages } from "../../engine/admin/api.ts";
import { EngineProcess, flowFolder } from "../support/engine-process.ts";
import { RedisServer } from "../support/redis-server.ts";

const NUMBERS = 10_000;
const BATCH = 500;

const FLOW = {
  title: "Kill me",
  topics: {
    numbers: { delivery: "stream", retention: { messages: 100_000 } },
    doubled: {},
    results: { delivery: "stream", retention: { messages: 100_000 } },
  },
  nodes: {
    double: {
      type: "script",
      config: { code: { $file: "main.double.ts" } },
      inputs: { in: ["numbers"] },
      outputs: { out: ["doubled"] },
    },
    pass: {
      type: "change",
      config: { rules: [{ action: "set", path: "payload.passed", value: true }] },
      inputs: { in: ["doubled"] },
      outputs: { out: ["results"] },
    },
  },
};
const FILES = {
  "main.double.ts": `
    const busyUntil = Date.now() + 1; // so that a kill finds work under way
    while (Date.now() < busyUntil);
    const total = await state.update("total", (before) => (before ?? 0) + 1);
    return { number: message.payload.number, doubled: message.payload.number * 2, total, attempt: message.attempt };`,
};

interface Result {
  readonly number: number;
  readonly doubled: number;
  /** How many were counted before it, itself included. */
  readonly total: number;
  /** Above 1: its first delivery was interrupted. */
  readonly attempt: number;
}

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start({ settings: { appendonly: "yes" } });
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

describe.each(["embedded", "redis"] as const)("on the %s backend", (backend) => {
  test("10,000 numbers survive 10 kills, each exactly once", async () => {
    using folder = flowFolder(FLOW, FILES);
    const options = {
      flows: folder.flow,
      data: folder.data,
      ...(backend === "redis" ? { redis: redis.url } : {}),
    };
    let engine = await EngineProcess.start(options);
    try {
      let kills = 0;
      for (let first = 0; first < NUMBERS; first += BATCH) {
        const messages = Array.from({ length: BATCH }, (_, index) => ({
          payload: { number: first + index },
        }));
        await engine.api("POST", "/api/flows/main/topics/numbers/messages", { messages });
        if ((first / BATCH) % 2 === 1) {
          await engine.kill(); // its last batch is on its way through the nodes
          kills++;
          engine = await EngineProcess.start(options);
        }
      }
      await untilSettled(engine);
      const results = await allResults(engine);
      const numbers = results.map(({ number }) => number).toSorted((a, b) => a - b);
      const totals = results.map(({ total }) => total).toSorted((a, b) => a - b);
      expect(kills).toBe(10);
      // Otherwise no kill met work under way, and the test would prove nothing.
      expect(results.filter(({ attempt }) => attempt > 1).length).toBeGreaterThan(0);
      expect(numbers).toEqual(Array.from({ length: NUMBERS }, (_, number) => number));
      expect(totals).toEqual(Array.from({ length: NUMBERS }, (_, index) => index + 1));
      expect(results.every(({ number, doubled }) => doubled === number * 2)).toBe(true);
    } finally {
      await engine.kill();
    }
  });
});

async function untilSettled(engine: EngineProcess): Promise<void> {
  for (;;) {
    const { groups } = await engine.api<TopicDetail>("GET", "/api/flows/main/topics/numbers");
    if (groups.length > 0 && groups.every(({ waiting }) => waiting === 0)) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

async function allResults(engine: EngineProcess): Promise<Result[]> {
  const results: Result[] = [];
  for (let from: string | null = "0"; from !== null; ) {
    const page: TopicMessages = await engine.api(
      "GET",
      `/api/flows/main/topics/results/messages?from=${from}&limit=1000`,
    );
    results.push(...page.messages.map(({ payload }) => payload as Result));
    from = page.next;
  }
  return results;
}
