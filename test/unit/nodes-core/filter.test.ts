// The filter lets pass what says something new.
import { MemoryState, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import filter from "../../../nodes/core/filter.ts";

async function passed(config: unknown, payloads: readonly unknown[]): Promise<unknown[]> {
  await using node = await testNode(filter, { config });
  for (const payload of payloads) await node.send("in", { payload });
  return node.payloads("out");
}

describe("filter", () => {
  it.each<[unknown, unknown[], unknown[]]>([
    [{}, [1, 1, 2, 2, 1], [1, 2, 1]],
    [{}, [{ a: [1] }, { a: [1] }, { a: [2] }], [{ a: [1] }, { a: [2] }]],
    [{ first: "block" }, [1, 1, 2], [2]],
    [{ start: 1 }, [1, 2], [2]],
    [
      { path: "payload.t" },
      [
        { t: 1, n: 1 },
        { t: 1, n: 2 },
      ],
      [{ t: 1, n: 1 }],
    ],
    [{ mode: "dead-band", band: 2 }, [10, 12, 12.5, 11, 10], [10, 12.5, 10]],
    [{ mode: "dead-band", band: 2, inclusive: true }, [10, 12, 13, 14], [10, 12, 14]],
    [{ mode: "dead-band", band: 2, compare: "input" }, [10, 12, 14, 17], [10, 17]],
    [{ mode: "dead-band", band: 10, unit: "percent" }, [100, 109, 111, 100], [100, 111]],
    [{ mode: "dead-band", band: 1, start: 5 }, [5.5, 7], [7]],
    [{ mode: "dead-band", band: 1 }, ["21.5 C", "22 C", "23 C"], ["21.5 C", "23 C"]],
    [{ mode: "narrow-band", band: 2 }, [10, 11, 50, 12.5, 51], [10, 11, 12.5]],
    [{ mode: "narrow-band", band: 2, compare: "input" }, [10, 50, 51, 10], [10, 51]],
    [{ mode: "narrow-band", band: 2, inclusive: true }, [10, 12], [10, 12]],
  ])("%j of %j passes %j", async (config, payloads, expected) => {
    expect(await passed(config, payloads)).toEqual(expected);
  });

  it("watches each key by itself, forgets by reset, and the oldest key when there are too many", async () => {
    await using node = await testNode(filter, { config: { key: "attributes.sensor", keys: 2 } });
    const send = (sensor: string, payload: unknown, extra = {}) =>
      node.send("in", { payload, attributes: { sensor, ...extra } });
    for (const sensor of ["a", "b", "a", "b"]) await send(sensor, 1);
    expect(node.take("out")).toHaveLength(2);
    await send("a", 1, { reset: "" });
    await send("a", 1);
    await send("b", 1);
    expect(node.take("out").map(({ attributes }) => attributes.sensor)).toEqual(["a"]);
    await send("c", 1);
    await send("b", 1);
    expect(node.take("out").map(({ attributes }) => attributes.sensor)).toEqual(["c", "b"]);
    await send("", 1, { reset: "all" });
    await send("b", 1);
    expect(node.take("out")).toHaveLength(1);
  });

  it("remembers over a restart when asked", async () => {
    for (const [remember, expected] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const state = new MemoryState();
      let count = 0;
      for (let run = 0; run < 2; run++) {
        await using node = await testNode(filter, { config: { remember, key: "topic" }, state });
        await node.send("in", 5);
        await node.send("in", 5);
        count += node.payloads("out").length;
      }
      expect(count).toBe(expected);
    }
  });

  it("fails what is no number where a band needs one, and goes on", async () => {
    await using node = await testNode(filter, { config: { mode: "dead-band", band: 1 } });
    await expect(node.send("in", "warm")).rejects.toThrow('"warm" is not a number');
    await node.send("in", 5);
    await expect(node.send("in", { payload: undefined })).rejects.toThrow('"undefined" is not a number');
    await node.send("in", 7);
    expect(node.payloads("out")).toEqual([5, 7]);
  });
});
