// Nothing is lost when nodes or engines are started anew.
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { collector, driver, flowRunner, worker } from "../../support/flow-runner.ts";
import { lineFlow, STREAM } from "./line.ts";

export function restartContract(open: () => Promise<Backend>): void {
  test("delivers again what an earlier boot of the engine had not settled", async () => {
    await using backend = await open();
    const source = driver();
    const sink = collector();
    const stuck = worker("work", () => new Promise(() => undefined), { concurrency: 10 });
    const works = worker("work", (message, context) => context.emit("out", message.payload));
    {
      await using first = flowRunner({
        backend,
        definitions: [source.definition, sink.definition, stuck],
        bootId: "one",
        drainTimeoutMs: 1,
      });
      await first.deploy(lineFlow());
      for (let number = 0; number < 20; number++) await source.emit(number);
    }
    await using second = flowRunner({
      backend,
      definitions: [source.definition, sink.definition, works],
      bootId: "two",
    });
    await second.deploy(lineFlow());
    await sink.got(20);
    expect(sink.payloads().toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
  });

  test("takes what a source sends again once, and hands it to nobody who could not tell", async () => {
    await using backend = await open();
    const sink = collector();
    const memory = collector("memory");
    const source = driver();
    await using flow = flowRunner({
      backend,
      definitions: [source.definition, sink.definition, memory.definition],
    });
    await flow.deploy({
      topics: { ticks: STREAM, passing: {} },
      nodes: {
        source: { type: "driver", outputs: { out: ["ticks", "passing"] } },
        sink: { type: "collector", inputs: { in: ["ticks"] } },
        memory: { type: "memory", inputs: { in: ["passing"] } },
      },
    });
    const once = (number: number, again = false) => ({ once: { series: "s", number, again } });
    await source.emit("a", once(1));
    await source.emit("a", once(1, true));
    await source.emit("b", once(2, true)); // of this one nothing had come
    await source.emit("c");
    await source.emit("another series", { once: { series: "t", number: 1 } });
    await sink.got(4);
    await memory.got(3);
    expect(sink.payloads()).toEqual(["a", "b", "c", "another series"]);
    expect(memory.payloads()).toEqual(["a", "c", "another series"]);
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
    for (const [index, label] of ["b", "c", "d"].entries()) {
      await sink.got(40 * (index + 1));
      await flow.deploy(document(label));
    }
    await Promise.all(emits);
    await sink.got(200);
    await flow.settled("input", "output");
    expect(starts).toEqual(["one", "two", "two", "two", "two"]);
    expect(sink.payloads().toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    );
  });
}
