// State changes once for each message, whatever fails and whoever else changes it.
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { decodeValue } from "../../../engine/codec/index.ts";
import { eventually } from "../../support/eventually.ts";
import { collector, driver, flowRunner, worker } from "../../support/flow-runner.ts";
import { line, lineFlow } from "./line.ts";

export function stateContract(open: () => Promise<Backend>): void {
  test("counts in state exactly once per message, though attempts fail after counting", async () => {
    const work = worker("work", async (message, context) => {
      const total = await context.state.update<number>("total", (current = 0) => current + 1);
      if (message.attempt === 1 && Number(message.payload) % 3 === 0) throw new Error("after counting");
      await context.emit("out", total);
    });
    await using flow = await line(open, work, lineFlow({ retry: { backoff: "1ms" } }));
    await Promise.all(Array.from({ length: 60 }, (_, number) => flow.source.emit(number)));
    await flow.sink.got(60);
    const totals = flow.sink.payloads().map(Number);
    expect(totals.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  test("nothing counts that a handler does after its time was over, or after it has failed", async () => {
    const over = Promise.withResolvers<void>();
    let goingOn = 0;
    const work = worker(
      "work",
      async (message, context) => {
        const count = async () => {
          const total = await context.state.update<number>("total", (current = 0) => current + 1);
          await context.emit("out", total);
        };
        if (message.attempt > 1) return count();
        const goesOn = over.promise.then(count).then(() => void goingOn++);
        if (message.payload === "fails") throw new Error("It goes on all the same.");
        return goesOn;
      },
      { timeoutMs: 30 },
    );
    await using flow = await line(open, work, lineFlow({ retry: { backoff: "1ms" } }));
    await flow.source.emit("too slow");
    await flow.source.emit("fails");
    await flow.sink.got(2);
    over.resolve();
    await eventually(() => goingOn === 2);
    await flow.source.emit("last");
    await flow.sink.got(3);
    expect(flow.sink.payloads()).toEqual([1, 2, 3]);
  });

  test("two engines that hear the same pubsub messages lose no update and no replacement", async () => {
    await using backend = await open();
    const source = driver();
    const work = worker("work", async (_, { state: { flow } }) => {
      await flow.update<number>("updated", (before = 0) => before + 1);
      for (let done = false; !done; ) {
        const before = await flow.get<{ total: number }>("replaced");
        done = await flow.replace("replaced", before, { total: (before?.total ?? 0) + 1 });
      }
    });
    const definitions = [source.definition, work];
    await using one = flowRunner({ backend, definitions, engineId: "one" });
    await using two = flowRunner({ backend, definitions, engineId: "two" });
    const flow = {
      topics: { heard: { delivery: "pubsub" } },
      nodes: {
        source: { type: "driver", outputs: { out: ["heard"] } },
        work: { type: "work", inputs: { in: ["heard"] } },
      },
    } as const;
    await one.deploy(flow);
    await two.deploy(flow);
    await Promise.all(Array.from({ length: 50 }, (_, number) => source.emit(number)));
    const read = async (key: string) => {
      const bytes = await backend.state.get("flow:test", key);
      return bytes && decodeValue(bytes);
    };
    await eventually(async () => (await read("updated")) === 100);
    await eventually(async () => isDeepStrictEqual(await read("replaced"), { total: 100 }));
  });

  test.each(["update", "get and set"] as const)(
    "two engines that count the same stream lose no %s",
    async (way) => {
      await using backend = await open();
      const source = driver();
      const sink = collector();
      const work = worker("work", async (message, context) => {
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
      const definitions = [source.definition, sink.definition, work];
      await using one = flowRunner({ backend, definitions, engineId: "one" });
      await using two = flowRunner({ backend, definitions, engineId: "two" });
      await one.deploy(lineFlow());
      await two.deploy(lineFlow());
      await Promise.all(Array.from({ length: 200 }, (_, number) => source.emit(number)));
      await sink.got(200);
      await one.settled("input", "output");
      const totals = sink.payloads().map(Number);
      expect(totals.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    },
  );
}
