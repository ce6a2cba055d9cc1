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
