// Messages reach every node that reads their topic, in order, by whichever topic they come.
import { defineNode, Type } from "@millrace/sdk";
import { expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { collector, driver, flowRunner } from "../../support/flow-runner.ts";
import { STREAM } from "./line.ts";

export function deliveryContract(open: () => Promise<Backend>): void {
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
}
