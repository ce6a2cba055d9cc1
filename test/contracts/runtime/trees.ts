// All that descends from a stream message is one: it comes out when all of it has settled, with ids that stay.
import type { Delivery } from "@millrace/sdk";
import { expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import join from "../../../nodes/core/join.ts";
import split from "../../../nodes/core/split.ts";
import { eventually } from "../../support/eventually.ts";
import { collector, driver, flowRunner, worker } from "../../support/flow-runner.ts";
import { line, STREAM } from "./line.ts";

export function treeContract(open: () => Promise<Backend>): void {
  test("publishes what descends from a stream message only when all of it has settled", async () => {
    await using backend = await open();
    const source = driver();
    const sink = collector();
    const gate = Promise.withResolvers<void>();
    const early = worker("early", (message, context) => context.emit("out", message.payload));
    let held = 0;
    const late = worker(
      "late",
      () => {
        held++;
        return gate.promise;
      },
      { concurrency: 20 },
    );
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
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    for (const number of numbers) await source.emit(number);
    await eventually(() => held === numbers.length);
    expect((await flow.stream("output").info()).length).toBe(0);
    gate.resolve();
    await sink.got(numbers.length);
    expect(sink.payloads()).toEqual(numbers);
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

  test("does not wait for a part that a join holds, when another part of the same message has failed", async () => {
    await using backend = await open();
    const source = driver();
    const sink = collector();
    let failures = 0;
    const price = worker("price", async ({ payload }, context) => {
      if (payload === "never" || (payload === "later" && failures++ === 0)) throw new Error("no price");
      await context.emit("out", payload);
    });
    const definitions = [source.definition, sink.definition, split, price, join];
    await using flow = flowRunner({ backend, definitions });
    await flow.deploy({
      topics: {
        input: { ...STREAM, retry: { attempts: 2, backoff: "1ms" } },
        "input.dead": STREAM,
        parts: {},
        priced: {},
        output: STREAM,
      },
      nodes: {
        source: { type: "driver", outputs: { out: ["input"] } },
        split: { type: "split", inputs: { in: ["input"] }, outputs: { out: ["parts"] } },
        price: { type: "price", inputs: { in: ["parts"] }, outputs: { out: ["priced"] } },
        join: { type: "join", inputs: { in: ["priced"] }, outputs: { out: ["output"] } },
        sink: { type: "collector", inputs: { in: ["output"] } },
      },
    });
    await source.emit(["a", "never"]);
    await source.emit(["b", "later"]);
    await sink.got(1);
    expect(sink.payloads()).toEqual([["b", "later"]]);
    await eventually(async () => (await flow.stream("input.dead").info()).length === 1);
    await flow.settled("input");
  });

  test("settles joined messages together: one output, both inputs acknowledged by one commit", async () => {
    const held: Delivery[] = [];
    const work = worker("work", async (_, context, delivery) => {
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
    await using flow = await line(open, work);
    for (let number = 0; number < 10; number++) await flow.source.emit(number);
    await flow.sink.got(5);
    expect(flow.sink.payloads()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    await flow.settled("input");
  });
}
