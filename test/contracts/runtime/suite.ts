// What running flows promise, whatever carries their messages. Every backend runs it.
import { defineNode, Type } from "@millrace/sdk";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { collector, driver, flowRunner, worker } from "../../support/flow-runner.ts";

const STREAM = { delivery: "stream" } as const;

export function runtimeContract(name: string, open: () => Promise<Backend>): void {
  describe(`a flow on ${name}`, () => {
    test.each(["memory", "pubsub", "stream"] as const)(
      "passes messages in order through a %s topic",
      async (delivery) => {
        await using backend = await open();
        const source = driver();
        const sink = collector();
        await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition] });
        await flow.deploy({
          topics: { numbers: { delivery } },
          nodes: {
            source: { type: "driver", outputs: { out: ["numbers"] } },
            sink: { type: "collector", inputs: { in: ["numbers"] } },
          },
        });
        for (let number = 0; number < 100; number++) await source.emit({ number });
        await sink.got(100);
        expect(sink.payloads()).toEqual(Array.from({ length: 100 }, (_, number) => ({ number })));
      },
    );

    test("hands each message to every node that reads its topic", async () => {
      await using backend = await open();
      const source = driver();
      const [one, two] = [collector("one"), collector("two")];
      await using flow = flowRunner({
        backend,
        definitions: [source.definition, one.definition, two.definition],
      });
      await flow.deploy({
        topics: { a: STREAM, b: {} },
        nodes: {
          source: { type: "driver", outputs: { out: ["a", "b"] } },
          one: { type: "one", inputs: { in: ["a", "b"] } },
          two: { type: "two", inputs: { in: ["a"] } },
        },
      });
      await source.emit("x");
      await Promise.all([one.got(2), two.got(1)]);
      expect([one.payloads(), two.payloads()]).toEqual([["x", "x"], ["x"]]);
    });

    test("drops what leaves by an output that leads nowhere, and fails what leaves by one that does not exist", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const router = defineNode({
        type: "router",
        title: "Router",
        summary: "Emits to the port that the payload names.",
        category: "test",
        config: Type.Object({ ports: Type.Array(Type.String()) }),
        inputs: { in: Type.Unknown() },
        outputs: {},
        outputsFrom: ["ports[]"],
        start: ({ emit }) => ({ in: ({ payload }) => emit(String(payload), payload) }),
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, router] });
      await flow.deploy({
        topics: { input: {}, known: {}, failed: {} },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          router: {
            type: "router",
            config: { ports: ["wired", "unwired"] },
            inputs: { in: ["input"] },
            outputs: { wired: ["known"], error: ["failed"] },
          },
          sink: { type: "collector", inputs: { in: ["known", "failed"] } },
        },
      });
      for (const port of ["unwired", "nowhere", "wired"]) await source.emit(port);
      await sink.got(2);
      expect(
        sink.payloads().map((payload) => (payload as { error?: { code: string } }).error?.code ?? payload),
      ).toEqual(expect.arrayContaining(["runtime/unknown-port", "wired"]));
    });

    test("publishes what descends from a stream message only when all of it has settled", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const gate = Promise.withResolvers<void>();
      const early = worker("early", (message, context) => context.emit("out", message.payload));
      const late = worker("late", async () => gate.promise);
      const definitions = [source.definition, sink.definition, early, late];
      await using flow = flowRunner({ backend, definitions });
      await flow.deploy({
        topics: { input: STREAM, branch: {}, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          first: { type: "early", inputs: { in: ["input"] }, outputs: { out: ["output", "branch"] } },
          second: { type: "late", inputs: { in: ["branch"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      await source.emit(1);
      const settled = Promise.race([sink.got(1).then(() => "published"), pause(150).then(() => "waiting")]);
      expect(await settled).toBe("waiting");
      gate.resolve();
      await sink.got(1);
      expect(sink.payloads()).toEqual([1]);
    });

    test("tries a stream message again, publishing nothing of failed attempts", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const attempts: number[] = [];
      const shaky = worker("shaky", async (message, context) => {
        attempts.push(message.attempt);
        await context.emit("out", { attempt: message.attempt });
        if (message.attempt < 3) throw new Error("not yet");
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, shaky] });
      await flow.deploy({
        topics: { input: { ...STREAM, retry: { attempts: 5, backoff: "1ms..5ms" } }, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          shaky: { type: "shaky", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      await source.emit(1);
      await sink.got(1);
      await pause(50);
      expect([attempts, sink.payloads()]).toEqual([[1, 2, 3], [{ attempt: 3 }]]);
    });

    test("gives a message up to the dead-letter topic with error, node and attempts, and goes on", async () => {
      await using backend = await open();
      const source = driver();
      const [sink, dead] = [collector("sink"), collector("dead")];
      const picky = worker("picky", (message, context) => {
        if (message.payload === "bad") throw new Error("I do not like it");
        return context.emit("out", message.payload);
      });
      const definitions = [source.definition, sink.definition, dead.definition, picky];
      await using flow = flowRunner({ backend, definitions });
      await flow.deploy({
        topics: {
          input: { ...STREAM, retry: { attempts: 2, backoff: "1ms" } },
          "input.dead": STREAM,
          middle: {},
          output: STREAM,
        },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          pass: { type: "picky", inputs: { in: ["input"] }, outputs: { out: ["middle"] } },
          last: { type: "picky", inputs: { in: ["middle"] }, outputs: { out: ["output"] } },
          sink: { type: "sink", inputs: { in: ["output"] } },
          dead: { type: "dead", inputs: { in: ["input.dead"] } },
        },
      });
      await source.emit("bad");
      await source.emit("good");
      await Promise.all([sink.got(1), dead.got(1)]);
      const [letter] = dead.messages;
      expect(sink.payloads()).toEqual(["good"]);
      expect(letter).toMatchObject({
        payload: "bad",
        attributes: { error: "I do not like it", node: "pass", attempts: "2", topic: "input" },
      });
    });

    test("keeps the ids of messages and their descendants over attempts", async () => {
      await using backend = await open();
      const source = driver();
      const ids: string[] = [];
      const sink = collector();
      const pass = worker("pass", (message, context) => context.emit("out", message.payload));
      const twice = worker("twice", (message, context) => {
        ids.push(message.id);
        if (ids.length === 1) throw new Error("again");
        return context.emit("out", message.payload);
      });
      const definitions = [source.definition, sink.definition, pass, twice];
      await using flow = flowRunner({ backend, definitions });
      await flow.deploy({
        topics: { input: { ...STREAM, retry: { backoff: "1ms" } }, middle: {}, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          pass: { type: "pass", inputs: { in: ["input"] }, outputs: { out: ["middle"] } },
          twice: { type: "twice", inputs: { in: ["middle"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      await source.emit(1);
      await sink.got(1);
      expect(ids).toHaveLength(2);
      expect(ids[0]).toBe(ids[1]);
      expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });

    test("counts in state exactly once per message, though attempts fail after counting", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const count = worker("count", async (message, context) => {
        const total = await context.state.update<number>("total", (current = 0) => current + 1);
        if (message.attempt === 1 && Number(message.payload) % 3 === 0) throw new Error("after counting");
        await context.emit("out", total);
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, count] });
      await flow.deploy({
        topics: { input: { ...STREAM, retry: { backoff: "1ms" } }, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          count: { type: "count", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      await Promise.all(Array.from({ length: 60 }, (_, number) => source.emit(number)));
      await sink.got(60);
      const totals = sink.payloads().map(Number);
      expect(totals.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    });

    test.each(["update", "get and set"] as const)(
      "two engines that count the same stream lose no %s",
      async (way) => {
        await using backend = await open();
        const source = driver();
        const sink = collector();
        const count = worker("count", async (message, context) => {
          const { flow } = context.state;
          let total = 0;
          if (way === "update") total = (await flow.update<number>("total", (before = 0) => before + 1)) ?? 0;
          else {
            total = ((await flow.get<number>("total")) ?? 0) + 1;
            await pause(Number(message.payload) % 3); // so that the engines meet
            await flow.set("total", total);
          }
          await context.emit("out", total);
        });
        const document = {
          topics: { input: STREAM, output: STREAM },
          nodes: {
            source: { type: "driver", outputs: { out: ["input"] } },
            count: { type: "count", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
            sink: { type: "collector", inputs: { in: ["output"] } },
          },
        };
        const definitions = [source.definition, sink.definition, count];
        await using one = flowRunner({ backend, definitions, engineId: "one" });
        await using two = flowRunner({ backend, definitions, engineId: "two" });
        await one.deploy(document);
        await two.deploy(document);
        await Promise.all(Array.from({ length: 200 }, (_, number) => source.emit(number)));
        await sink.got(200);
        await untilSettled(backend, "test", "input");
        const totals = sink.payloads().map(Number);
        expect(totals.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
      },
    );

    test("counts attempts over restarts, and a message that waits for its next one outlives the engine", async () => {
      await using backend = await open();
      const source = driver();
      const dead = collector("dead");
      const attempts: string[] = [];
      const failing = (boot: string) =>
        worker("fail", (message) => {
          attempts.push(`${boot} ${message.attempt} ${message.id}`);
          throw new Error("no");
        });
      const document = {
        topics: { input: { ...STREAM, retry: { attempts: 4, backoff: "60ms" } }, "input.dead": STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          fail: { type: "fail", inputs: { in: ["input"] } },
          dead: { type: "dead", inputs: { in: ["input.dead"] } },
        },
      };
      for (const boot of ["one", "two", "three", "four"]) {
        await using engine = flowRunner({
          backend,
          definitions: [source.definition, dead.definition, failing(boot)],
          engineId: boot === "two" ? "other" : "engine",
          bootId: boot,
        });
        await engine.deploy(document);
        const before = attempts.length;
        if (boot === "one") await source.emit("x");
        while (attempts.length === before) await pause(5);
      }
      await using last = flowRunner({
        backend,
        definitions: [source.definition, dead.definition, failing("last")],
        bootId: "last",
      });
      await last.deploy(document);
      await dead.got(1);
      const id = attempts[0]?.split(" ")[2];
      expect(attempts).toEqual(["one 1", "two 2", "three 3", "four 4"].map((each) => `${each} ${id}`));
      expect(dead.messages[0]?.attributes).toMatchObject({ attempts: "4", error: "no" });
    });

    test("handles others while messages wait for their next attempt: they hold no tickets", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const shaky = worker("shaky", (message, context) => {
        if (message.payload === "bad") throw new Error("not yet");
        return context.emit("out", message.payload);
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, shaky] });
      await flow.deploy({
        topics: { input: { ...STREAM, retry: { attempts: 2, backoff: "1h" } }, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          shaky: { type: "shaky", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      await Promise.all(Array.from({ length: 150 }, () => source.emit("bad")));
      await source.emit("good");
      await sink.got(1);
      const { groups } = await backend.streams.info({ flow: "test", topic: "input" });
      expect(groups.map(({ lag, pending }) => lag + pending)).toEqual([150]);
    });

    test("a full topic that drops its oldest messages keeps the newest, and counts what it dropped", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const gate = Promise.withResolvers<void>();
      const slow = worker("slow", async (message, context) => {
        await gate.promise;
        await context.emit("out", message.payload);
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, slow] });
      await flow.deploy({
        topics: { input: { ...STREAM, limit: 200, overflow: "drop-oldest" }, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          slow: { type: "slow", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      for (let number = 0; number < 400; number++) await source.emit(number);
      const { length } = await backend.streams.info({ flow: "test", topic: "input" });
      expect(length).toBeLessThanOrEqual(200);
      expect(flow.runtime.topics.get("input")?.dropped).toBeGreaterThanOrEqual(200);
      gate.resolve();
      await sink.got(length);
      await untilSettled(backend, "test", "input");
      expect(sink.payloads().slice(-100)).toEqual(Array.from({ length: 100 }, (_, index) => 300 + index));
    });

    test("hands all messages of a stream to its reader, however few may wait there", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const gate = Promise.withResolvers<void>();
      const slow = worker("slow", async (message, context) => {
        await gate.promise;
        await context.emit("out", message.payload);
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, slow] });
      await flow.deploy({
        topics: { input: { ...STREAM, limit: 1, overflow: "fail" }, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          slow: { type: "slow", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      // All in one turn: the stream has them before it is known to be full.
      await Promise.all(Array.from({ length: 50 }, (_, number) => source.emit(number)));
      await expect(source.emit("too many")).rejects.toThrow("full");
      gate.resolve();
      await sink.got(50);
      expect(sink.payloads()).toEqual(Array.from({ length: 50 }, (_, number) => number));
    });

    test("settles joined messages together: one output, both inputs acknowledged by one commit", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const held: import("@millrace/sdk").Delivery[] = [];
      const pair = worker("pair", async (_, context, delivery) => {
        held.push(delivery.hold());
        if (held.length < 2) return;
        const both = held.splice(0);
        await context.emit(
          "out",
          both.map(({ message }) => message.payload),
          { from: both },
        );
        for (const each of both) each.settle();
      });
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, pair] });
      await flow.deploy({
        topics: { input: STREAM, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          pair: { type: "pair", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      for (let number = 0; number < 10; number++) await source.emit(number);
      await sink.got(5);
      expect(sink.payloads()).toEqual([
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
        [8, 9],
      ]);
      await untilSettled(backend, "test", "input");
    });

    test("delivers again what an earlier boot of the engine had not settled", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const stuck = worker("work", () => new Promise(() => undefined), { concurrency: 10 });
      const works = worker("work", (message, context) => context.emit("out", message.payload));
      const document = {
        topics: { input: STREAM, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          work: { type: "work", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      };
      {
        await using first = flowRunner({
          backend,
          definitions: [source.definition, sink.definition, stuck],
          bootId: "one",
          drainTimeoutMs: 1,
        });
        await first.deploy(document);
        for (let number = 0; number < 20; number++) await source.emit(number);
      }
      await using second = flowRunner({
        backend,
        definitions: [source.definition, sink.definition, works],
        bootId: "two",
      });
      await second.deploy(document);
      await sink.got(20);
      expect(sink.payloads().toSorted((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 20 }, (_, n) => n),
      );
    });

    test("restarts only changed nodes, losing nothing that waits", async () => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const starts: string[] = [];
      const pass = worker("pass", async (message, context) => {
        await pause(1);
        await context.emit("out", message.payload);
      });
      const counted = {
        ...pass,
        start: (context: Parameters<typeof pass.start>[0]) => {
          starts.push(context.node.id);
          return pass.start(context);
        },
      };
      await using flow = flowRunner({ backend, definitions: [source.definition, sink.definition, counted] });
      const document = (label: string) => ({
        topics: { input: STREAM, memory: {}, output: STREAM },
        nodes: {
          source: { type: "driver", outputs: { out: ["input"] } },
          one: { type: "pass", inputs: { in: ["input"] }, outputs: { out: ["memory"] } },
          two: { type: "pass", config: { label }, inputs: { in: ["memory"] }, outputs: { out: ["output"] } },
          sink: { type: "collector", inputs: { in: ["output"] } },
        },
      });
      await flow.deploy(document("a"));
      const emits = Array.from({ length: 200 }, (_, number) => source.emit(number));
      for (const label of ["b", "c", "d"]) {
        await pause(20);
        await flow.deploy(document(label));
      }
      await Promise.all(emits);
      await sink.got(200);
      await untilSettled(backend, "test", "input");
      expect(starts).toEqual(["one", "two", "two", "two", "two"]);
      expect(sink.payloads().toSorted((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 200 }, (_, n) => n),
      );
    });
  });
}

/** Until no message of the topic waits for anyone. */
async function untilSettled(backend: Backend, flow: string, topic: string): Promise<void> {
  for (;;) {
    const { groups } = await backend.streams.info({ flow, topic });
    if (groups.every(({ lag, pending }) => lag + pending === 0)) return;
    await pause(10);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
