// Three engine processes on one Redis: what only one may do is done by one, whatever becomes of it; what a dead one had
// under way is done by the others.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { Engines } from "./processes.ts";

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

function engines(flow: unknown, files: Readonly<Record<string, string>> = {}) {
  return new Engines({ flow, files, redis: redis.url, namespace: randomUUID().slice(0, 8) });
}

/** Ticks that carry the name of the engine that sent them. */
const NAMED_TICKS = {
  topics: { ticks: { delivery: "stream" } },
  nodes: {
    timer: {
      type: "timer",
      config: { every: "50ms", payloadFrom: "env.ENGINE" },
      outputs: { tick: ["ticks"] },
    },
  },
};

/** The senders in order, each run of one named once. */
async function senders(given: Engines): Promise<string[]> {
  const names = (await given.messages("ticks")).map(({ payload }) => String(payload));
  return names.filter((name, index) => name !== names[index - 1]);
}

async function ticksOn(given: Engines, count: number): Promise<void> {
  const before = (await given.messages("ticks")).length;
  await eventually(async () => (await given.messages("ticks")).length >= before + count);
}

test("a timer runs on one engine, and on another when that one is killed or stops", async () => {
  await using given = engines(NAMED_TICKS);
  await given.start("a", "b", "c");
  const first = await given.holder("timer");
  await ticksOn(given, 5);
  await given.kill(first);
  const second = await given.holder("timer");
  await ticksOn(given, 5);
  expect(await given.engine(second).stop()).toBe(0);
  given.running.delete(second);
  const third = await given.holder("timer");
  await ticksOn(given, 5);
  expect(await senders(given)).toEqual([first, second, third]);
  expect(new Set([first, second, third]).size).toBe(3);
});

test("an engine that was paused for too long has nothing more to say, and starts anew", async () => {
  await using given = engines(NAMED_TICKS);
  await given.start("a", "b");
  const first = await given.holder("timer");
  const second = first === "a" ? "b" : "a";
  const paused = given.engine(first);
  await ticksOn(given, 5);
  process.kill(paused.pid, "SIGSTOP");
  given.running.delete(first);
  expect(await given.holder("timer")).toBe(second);
  await ticksOn(given, 5);
  process.kill(paused.pid, "SIGCONT");
  given.running.set(first, paused);
  await eventually(() => paused.output.includes("The engine has started anew."));
  await ticksOn(given, 5);
  expect(await senders(given)).toEqual([first, second]);
  await eventually(async () => {
    const list = await given.engine(second).api<{ id: string }[]>("GET", "/api/engines");
    return list.map(({ id }) => id).join() === "a,b";
  });
});

test("the button of a timer can be pressed at any engine", async () => {
  await using given = engines({
    topics: { ticks: { delivery: "stream" } },
    nodes: { timer: { type: "timer", config: {}, outputs: { tick: ["ticks"] } } },
  });
  await given.start("a", "b");
  const holder = await given.holder("timer");
  const other = holder === "a" ? "b" : "a";
  const press = (engine: string, payload: number) =>
    given.engine(engine).call("POST", "/api/flows/main/nodes/timer/inject", { payload });
  const sent = async () => (await given.messages("ticks")).map(({ payload }) => payload);
  await press(holder, 1);
  await press(other, 2);
  expect(await sent()).toEqual([1, 2]);
  await given.kill(holder);
  const refused = await press(other, 3);
  expect([409, 504]).toContain(refused.status); // nobody has it yet
  expect(await given.holder("timer")).toBe(other);
  await press(other, 4);
  expect(await sent()).toEqual([1, 2, 4]);
});

test("each second of a cron timer comes once, though its engine is killed again and again", async () => {
  await using given = engines({
    topics: { ticks: { delivery: "stream" } },
    nodes: {
      timer: {
        type: "timer",
        config: { cron: "* * * * * *", missed: "all" },
        outputs: { tick: ["ticks"] },
      },
    },
  });
  await given.start("a", "b", "c");
  for (let round = 0; round < 3; round++) {
    const holder = await given.holder("timer");
    await ticksOn(given, 2);
    await given.kill(holder);
    await given.start(holder);
  }
  await given.holder("timer");
  await ticksOn(given, 2);
  const dues = (await given.messages("ticks")).map(({ payload }) => (payload as { time: number }).time);
  const [first = 0] = dues;
  expect(dues).toEqual(dues.map((_, index) => first + index * 1000));
});

const WORK = {
  topics: { jobs: { delivery: "stream" }, results: { delivery: "stream" } },
  nodes: {
    work: {
      type: "script",
      config: { code: { $file: "main.work.ts" } },
      inputs: { in: ["jobs"] },
      outputs: { out: ["results"] },
    },
  },
};
const BUSY = {
  "main.work.ts": `
    const busyUntil = Date.now() + 4;
    while (Date.now() < busyUntil);
    return message.payload;`,
};

test("what a killed engine had under way is done by the others, each message once", async () => {
  await using given = engines(WORK, BUSY);
  await given.start("a", "b", "c");
  const numbers = Array.from({ length: 600 }, (_, number) => number);
  const messages = numbers.map((number) => ({ payload: number }));
  await given.engine("b").api("POST", "/api/flows/main/topics/jobs/messages", { messages });
  await eventually(async () => (await given.messages("results")).length > 60);
  await given.kill("a");
  await eventually(async () => (await given.messages("results")).length >= numbers.length);
  const results = (await given.messages("results")).map(({ payload }) => Number(payload));
  expect(results.toSorted((a, b) => a - b)).toEqual(numbers);
});

test("an engine that takes long is not robbed", async () => {
  await using given = engines({
    topics: { jobs: { delivery: "stream" }, results: { delivery: "stream" } },
    nodes: {
      slow: {
        type: "delay",
        config: { delay: "3s" },
        inputs: { in: ["jobs"] },
        outputs: { out: ["results"] },
      },
    },
  });
  await given.start("a", "b");
  const messages = [1, 2, 3, 4].map((payload) => ({ payload }));
  await given.engine("a").api("POST", "/api/flows/main/topics/jobs/messages", { messages });
  await eventually(async () => (await given.messages("results")).length >= 4);
  expect((await given.messages("results")).map(({ payload }) => payload).sort()).toEqual([1, 2, 3, 4]);
  const said = [...given.running.values()].map(({ output }) => output).join("\n");
  expect(said).not.toMatch(/does not live|taken over|settled elsewhere/);
});
