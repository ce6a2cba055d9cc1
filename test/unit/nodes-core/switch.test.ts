// The switch sends messages out of the ports whose conditions they meet.
import { type TestNodeOptions, testNode } from "@millrace/sdk/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import switchNode from "../../../nodes/core/switch.ts";

async function portsFor(when: unknown, message: unknown, options: TestNodeOptions = {}): Promise<string[]> {
  await using node = await testNode(switchNode, { ...options, config: { rules: [{ port: "yes", when }] } });
  await node.send("in", message);
  return node.emitted.map(({ port }) => port);
}

describe("switch", () => {
  it("takes the first rule that holds, and passes the message on as it is", async () => {
    const rules = [
      { port: "hot", when: { gt: 30 } },
      { port: "warm", when: { gt: 20 } },
    ];
    await using node = await testNode(switchNode, { config: { path: "payload.celsius", rules } });
    const payload = { celsius: 35 };
    await node.send("in", { payload, attributes: { a: "1" } });
    await node.send("in", { celsius: 25 });
    await node.send("in", { celsius: 5 });
    expect(node.emitted.map(({ port }) => port)).toEqual(["hot", "warm", "else"]);
    expect(node.emitted[0]?.payload).toBe(payload);
    expect(node.emitted[0]?.attributes).toEqual({ a: "1" });
  });

  it("sends to all rules that hold when asked, once to each port", async () => {
    const rules = [
      { port: "a", when: { gt: 1 } },
      { port: "a", when: { gt: 2 } },
      { port: "b", when: { gt: 3 } },
    ];
    await using node = await testNode(switchNode, { config: { rules, match: "all", else: "rest" } });
    for (const payload of [5, 1]) await node.send("in", payload);
    expect(node.emitted.map(({ port }) => port)).toEqual(["a", "b", "rest"]);
  });

  it.each<[unknown, unknown, boolean]>([
    [{ eq: 5 }, 5, true],
    [{ eq: 5 }, "5", true],
    [{ eq: "" }, 0, false],
    [{ eq: { a: [1] } }, { a: [1] }, true],
    [{ eq: null }, undefined, false],
    [{ ne: 5 }, 6, true],
    [{ lt: 10 }, "9", true],
    [{ lt: "b" }, "a", true],
    [{ le: 3 }, 3, true],
    [{ ge: 3 }, 2, false],
    [{ gt: 3 }, "many", false],
    [{ gt: 3 }, null, false],
    [{ gt: "2030-01-01" }, "2031-01-01", true],
    [{ between: [10, 1] }, 5, true],
    [{ between: [1, 10] }, 11, false],
    [{ in: ["a", "b"] }, "b", true],
    [{ in: ["a"] }, "c", false],
    [{ contains: "ell" }, "hello", true],
    [{ contains: "ELL", ignoreCase: true }, "hello", true],
    [{ contains: 2 }, [1, 2], true],
    [{ contains: "x" }, 5, false],
    [{ has: "a" }, { a: undefined }, true],
    [{ has: "toString" }, {}, false],
    [{ matches: "^a+$" }, "aaa", true],
    [{ matches: "A", ignoreCase: true }, "a", true],
    [{ matches: "a" }, { a: 1 }, false],
    [{ matches: "^(a+)+$" }, `${"a".repeat(3_000)}!`, false],
    [{ is: "true" }, true, true],
    [{ is: "true" }, "true", false],
    [{ is: "null" }, undefined, true],
    [{ is: "not-null" }, 0, true],
    [{ is: "empty" }, "", true],
    [{ is: "empty" }, {}, true],
    [{ is: "empty" }, 0, false],
    [{ is: "not-empty" }, [1], true],
    [{ is: "string" }, "x", true],
    [{ is: "number" }, Number.NaN, false],
    [{ is: "nan" }, Number.NaN, true],
    [{ is: "integer" }, 1.5, false],
    [{ is: "array" }, [], true],
    [{ is: "object" }, [], false],
    [{ is: "object" }, new Date(0), false],
    [{ is: "buffer" }, Buffer.from("x"), true],
    [{ is: "json" }, "[1]", true],
    [{ is: "json" }, "[1", false],
    [{ gt: 1, lt: 3 }, 2, true],
    [{ gt: 1, lt: 3 }, 4, false],
    [{ all: [{ gt: 1 }, { lt: 3 }] }, 2, true],
    [{ any: [{ eq: 1 }, { eq: 2 }] }, 2, true],
    [{ not: { eq: 1 } }, 1, false],
    [{}, "anything", true],
  ])("%j on %j: %s", async (when, payload, expected) => {
    expect(await portsFor(when, { payload })).toEqual([expected ? "yes" : "else"]);
  });

  it.each<[unknown, boolean]>([
    [{ path: "attributes.level", ge: 3 }, true],
    [{ path: "topic", eq: "readings" }, true],
    [{ path: "env.STAGE", eq: "test" }, true],
    [{ path: "flow.limits.max", eq: 10 }, true],
    [{ path: "global.mode", is: "null" }, true],
    [{ path: "payload", gt: { from: "state.last" } }, true],
    [{ path: "payload", lt: { from: "flow.limits.max" } }, true],
    [{ path: "payload", between: [{ from: "state.last" }, { from: "attributes.level" }] }, false],
  ])("looks beyond the payload: %j", async (when, expected) => {
    const options = { env: { STAGE: "test" }, state: { node: { last: 4 }, flow: { limits: { max: 10 } } } };
    const message = { payload: 5, topic: "readings", attributes: { level: "3" } };
    expect(await portsFor(when, message, options)).toEqual([expected ? "yes" : "else"]);
  });

  it.each<[unknown, number[]]>([
    [{ head: 2 }, [0, 1]],
    [{ tail: 1 }, [4]],
    [{ index: [1, 3] }, [1, 2, 3]],
  ])("picks parts of a sequence by their place: %j", async (when, expected) => {
    await using node = await testNode(switchNode, { config: { rules: [{ port: "yes", when }] } });
    for (let index = 0; index < 5; index++) {
      const attributes = { "parts.id": "x", "parts.index": String(index), "parts.count": "5" };
      await node.send("in", { payload: index, attributes });
    }
    expect(node.payloads("yes")).toEqual(expected);
  });

  it("compares with the message before", async () => {
    const rules = [{ port: "up", when: { gt: { from: "previous" } } }];
    await using node = await testNode(switchNode, { config: { rules, path: "payload.n" } });
    for (const n of [1, 3, 2, 5]) await node.send("in", { n });
    expect(node.payloads("up")).toEqual([{ n: 3 }, { n: 5 }]);
  });

  it("numbers the parts of a sequence anew for each port when asked, and settles them together", async () => {
    const rules = [{ port: "odd", when: { in: [1, 3] } }];
    await using node = await testNode(switchNode, { config: { rules, resequence: true } });
    const part = (index: number) => ({
      payload: index,
      attributes: {
        "parts.id": "x",
        "parts.index": String(index),
        "parts.count": "4",
        "parts.outer": '{"parts.id":"o"}',
      },
    });
    const sent = [2, 0, 3].map((index) => node.send("in", part(index)));
    await node.clock.advance(0);
    expect([node.emitted.length, node.open]).toEqual([0, 3]);
    await Promise.all([...sent, node.send("in", part(1))]);
    const seen = node.emitted.map(({ port, payload, attributes }) => [
      port,
      payload,
      attributes["parts.index"],
      attributes["parts.count"],
      attributes["parts.outer"],
    ]);
    const outer = '{"parts.id":"o"}';
    expect(seen).toEqual([
      ["else", 0, "0", "2", outer],
      ["else", 2, "1", "2", outer],
      ["odd", 1, "0", "2", outer],
      ["odd", 3, "1", "2", outer],
    ]);
    await node.send("in", "no part");
    expect(node.payloads("else")).toEqual([0, 2, "no part"]);
  });

  it("bounds the parts that wait to be numbered", async () => {
    await using node = await testNode(switchNode, { config: { resequence: true, maxMessages: 1 } });
    const attributes = { "parts.id": "x", "parts.index": "0", "parts.count": "2" };
    void node.send("in", { payload: 1, attributes }).catch(() => undefined);
    await expect(node.send("in", { payload: 2, attributes })).rejects.toThrow("1 messages wait");
  });

  it("never fails on any payload", async () => {
    const all = Object.entries({ eq: 1, lt: 1, gt: "a", contains: "a", has: "a", matches: "a", in: [1] });
    const rules = all.map(([name, value]) => ({ port: name, when: { [name]: value } }));
    await using node = await testNode(switchNode, { config: { rules, match: "all" } });
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (payload) =>
        node.send("in", { payload }),
      ),
      { numRuns: 50 },
    );
  });
});
