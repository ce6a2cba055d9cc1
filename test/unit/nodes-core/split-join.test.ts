// What split takes apart, join puts together again; and each does its own.
import { type TestNode, type TestNodeOptions, testNode } from "@millrace/sdk/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import join from "../../../nodes/core/join.ts";
import split from "../../../nodes/core/split.ts";

const startSplit = (config: unknown = {}) => testNode(split, { config });
const startJoin = (config: unknown = {}, options: TestNodeOptions = {}) =>
  testNode(join, { ...options, config });
const part = (id: string, index: number, count: number, payload: unknown) => ({
  payload,
  attributes: { "parts.id": id, "parts.index": String(index), "parts.count": String(count) },
});

function sendAll(node: TestNode, messages: readonly unknown[]): Promise<PromiseSettledResult<void>[]> {
  return Promise.allSettled(messages.map((message) => node.send("in", message)));
}

describe("split", () => {
  it.each<[unknown, unknown, unknown[]]>([
    [{}, [1, [2], null], [1, [2], null]],
    [{ chunk: 2 }, [1, 2, 3], [[1, 2], [3]]],
    [{}, { a: 1, b: 2 }, [1, 2]],
    [{}, "one\ntwo\n", ["one", "two", ""]],
    [{ separator: ", " }, "a, b", ["a", "b"]],
    [{ length: 2 }, "abcde", ["ab", "cd", "e"]],
    [{}, Buffer.from("a\nb"), [Buffer.from("a"), Buffer.from("b")]],
    [{ length: 2 }, Buffer.from("abc"), [Buffer.from("ab"), Buffer.from("c")]],
    [{}, new Map([["k", 1]]), [1]],
    [{}, [], []],
  ])("with %j takes %j apart", async (config, payload, expected) => {
    await using node = await startSplit(config);
    await node.send("in", payload);
    expect(node.payloads("out")).toEqual(expected);
  });

  it("says the place of each part in its attributes, and leaves the others", async () => {
    await using node = await startSplit();
    await node.send("in", { payload: { x: 1, y: 2 }, id: "m", attributes: { user: "ann" } });
    const parts = { user: "ann", "parts.id": "m", "parts.type": "object", "parts.count": "2" };
    expect(node.emitted.map(({ attributes }) => attributes)).toEqual([
      { ...parts, "parts.index": "0", "parts.key": "x" },
      { ...parts, "parts.index": "1", "parts.key": "y" },
    ]);
  });

  it("splits a value inside the payload, which each part keeps around it", async () => {
    await using node = await startSplit({ path: "payload.items" });
    await node.send("in", { order: 5, items: ["a", "b"] });
    expect(node.payloads("out")).toEqual([
      { order: 5, items: "a" },
      { order: 5, items: "b" },
    ]);
  });

  it.each([5, null, undefined, true, new Date(0)])("fails what has no parts: %s", async (payload) => {
    await using node = await startSplit();
    await expect(node.send("in", { payload })).rejects.toThrow("has no parts");
  });

  it("reads a stream as one text: an unfinished line waits, unsettled, for its end", async () => {
    await using node = await startSplit({ stream: true });
    const first = node.send("in", "one\ntw");
    await node.clock.advance(0);
    expect([node.payloads("out"), node.open]).toEqual([["one"], 1]);
    const second = node.send("in", "o\nthree");
    await first;
    expect(node.payloads("out")).toEqual(["one", "two"]);
    expect(node.emitted[1]?.from.map(({ payload }) => payload)).toEqual(["one\ntw", "o\nthree"]);
    await node.send("in", { payload: "!", attributes: { complete: "" } });
    await second;
    expect(
      node.emitted.map(({ payload, attributes }) => [
        payload,
        attributes["parts.index"],
        attributes["parts.count"],
      ]),
    ).toEqual([
      ["one", "0", undefined],
      ["two", "1", undefined],
      ["three!", "2", "3"],
    ]);
  });

  it("reads streams of lists and bytes, forgets by reset, and bounds what is unfinished", async () => {
    await using lists = await startSplit({ stream: true, chunk: 2 });
    void sendAll(lists, [
      [1, 2, 3],
      [4, 5],
    ]);
    await lists.clock.advance(0);
    expect(lists.payloads("out")).toEqual([
      [1, 2],
      [3, 4],
    ]);
    await lists.send("in", { payload: null, attributes: { reset: "" } });
    expect(lists.open).toBe(0);
    await using bytes = await startSplit({ stream: true, length: 2, limit: 3 });
    await bytes.send("in", Buffer.from("abcd"));
    expect(bytes.payloads("out")).toEqual([Buffer.from("ab"), Buffer.from("cd")]);
    await using lines = await startSplit({ stream: true, limit: 3 });
    await expect(lines.send("in", "too long")).rejects.toThrow("An unfinished part is longer than 3");
  });
});

describe("split and join", () => {
  const value = fc.oneof(
    fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1 }),
    fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"),
      fc.integer(),
      { minKeys: 1, noNullPrototype: true },
    ),
    fc.string({ minLength: 1 }),
    fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
  );

  it("are each other's opposite, in whatever order the parts arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        value,
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat()),
        async (payload, chunk, random) => {
          await using taken = await startSplit({ chunk, separator: "a" });
          await taken.send("in", { payload, id: "whole", attributes: { user: "ann" } });
          const parts = taken.emitted.map((message) => ({ message, place: random.next().value ?? 0 }));
          parts.sort((a, b) => a.place - b.place);
          await using put = await startJoin();
          await Promise.all(
            parts.map(({ message: { payload: each, attributes } }) =>
              put.send("in", { payload: each, attributes }),
            ),
          );
          expect(put.payloads("out")).toEqual([payload]);
          expect(put.emitted[0]?.attributes).toEqual({ user: "ann" });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("nest: the outer parts come back after the inner ones are joined", async () => {
    await using outer = await startSplit();
    await outer.send("in", [["a", "b"], ["c"]]);
    await using inner = await startSplit();
    for (const { payload, attributes } of outer.emitted) await inner.send("in", { payload, attributes });
    await using first = await startJoin();
    await sendAll(
      first,
      inner.emitted.map(({ payload, attributes }) => ({ payload, attributes })),
    );
    await using second = await startJoin();
    await sendAll(
      second,
      first.emitted.map(({ payload, attributes }) => ({ payload, attributes })),
    );
    expect(second.payloads("out")).toEqual([[["a", "b"], ["c"]]]);
    expect(second.emitted[0]?.attributes).toEqual({});
  });
});

describe("join", () => {
  it("settles its messages together, when the joined one is on its way", async () => {
    await using node = await startJoin();
    const sent = sendAll(node, [part("x", 1, 2, "b")]);
    await node.clock.advance(0);
    expect([node.open, node.emitted.length]).toEqual([1, 0]);
    await node.send("in", { ...part("x", 0, 2, "a"), correlationId: "second" });
    expect((await sent)[0]?.status).toBe("fulfilled");
    expect(node.emitted).toMatchObject([
      { payload: ["a", "b"], correlationId: "message-1", from: [{ payload: "b" }, { payload: "a" }] },
    ]);
  });

  it("counts a part that came twice once", async () => {
    await using node = await startJoin();
    await sendAll(node, [part("x", 0, 2, "old"), part("x", 0, 2, "new"), part("x", 1, 2, "b")]);
    expect(node.payloads("out")).toEqual([["new", "b"]]);
  });

  it.each<[unknown, unknown]>([
    [{ build: "array" }, [1, 2, 3]],
    [{ build: "string", separator: "-" }, "1-2-3"],
    [{ build: "buffer", separator: "" }, Buffer.from("123")],
    [
      { build: "object", key: "attributes.k" },
      { a: 1, b: 2, c: 3 },
    ],
    [{ build: "sum" }, 6],
    [{ build: "average" }, 2],
    [{ build: "min" }, 1],
    [{ build: "max" }, 3],
    [{ build: "count" }, 3],
  ])("makes of three messages by %j: %j", async (config, expected) => {
    await using node = await startJoin({ mode: "manual", count: 3, ...Object(config) });
    const messages = ["a", "b", "c"].map((k, index) => ({ payload: index + 1, attributes: { k } }));
    await sendAll(node, messages);
    expect(node.payloads("out")).toEqual([expected]);
    expect(node.open).toBe(0);
  });

  it("joins each group by itself, by a value inside the payload", async () => {
    await using node = await startJoin({
      mode: "manual",
      count: 2,
      group: "attributes.room",
      path: "payload.t",
    });
    const from = (room: string, t: number) => ({ payload: { t, room }, attributes: { room } });
    void sendAll(node, [from("a", 1), from("b", 2), from("b", 3)]);
    await node.clock.advance(0);
    expect(node.payloads("out")).toEqual([{ t: [2, 3], room: "b" }]);
    expect(node.open).toBe(1);
  });

  it("merges objects, waits for as many keys, and sends anew with every message after", async () => {
    await using merged = await startJoin({ mode: "manual", build: "merged", count: 2, accumulate: true });
    await sendAll(merged, [{ a: 1 }, { a: 2, b: 2 }]);
    await merged.send("in", { c: 3 });
    expect(merged.payloads("out")).toEqual([
      { a: 2, b: 2 },
      { a: 2, b: 2, c: 3 },
    ]);
    await using keyed = await startJoin({ mode: "manual", build: "object", count: 2, accumulate: true });
    const from = (topic: string, payload: number) => ({ topic, payload });
    await sendAll(keyed, [from("x", 1), from("x", 2), from("y", 3)]);
    await keyed.send("in", from("x", 4));
    expect(keyed.payloads("out")).toEqual([
      { x: 2, y: 3 },
      { x: 4, y: 3 },
    ]);
    await keyed.send("in", { payload: 0, attributes: { reset: "" } });
    void sendAll(keyed, [from("x", 5)]);
    await keyed.clock.advance(0);
    expect(keyed.open).toBe(1);
  });

  it.each([
    ["send", [[1, 2]], "fulfilled"],
    ["drop", [], "fulfilled"],
    ["fail", [], "rejected"],
  ])("does at the end of its time what it is told: %s", async (incomplete, out, status) => {
    await using node = await startJoin({ mode: "manual", count: 3, timeout: "5s", incomplete });
    const sent = sendAll(node, [1, 2]);
    await node.clock.advance(5_000);
    expect(node.payloads("out")).toEqual(out);
    expect((await sent).map((outcome) => outcome.status)).toEqual([status, status]);
  });

  it("is completed by a message with complete, itself included", async () => {
    await using node = await startJoin({ mode: "manual" });
    await sendAll(node, [1, 2, { payload: 3, attributes: { complete: "", k: "v" } }]);
    expect(node.emitted).toMatchObject([{ payload: [1, 2, 3], attributes: { k: "v" } }]);
    expect(node.emitted[0]?.attributes).toEqual({ k: "v" });
  });

  it("holds so many groups and messages, and fails one more", async () => {
    await using node = await startJoin({ maxGroups: 2, maxMessages: 3 });
    void sendAll(node, [part("a", 0, 5, 0), part("b", 0, 5, 0)]);
    await expect(node.send("in", part("c", 0, 5, 0))).rejects.toThrow("2 groups wait to be joined already");
    void sendAll(node, [part("a", 1, 5, 0)]);
    await expect(node.send("in", part("a", 2, 5, 0))).rejects.toThrow("3 messages wait to be joined already");
    await node.send("in", { ...part("a", 0, 5, 0), attributes: { "parts.id": "a", reset: "" } });
    expect(node.open).toBe(1);
  });

  it("fails all messages of a group that cannot be joined, and the next group goes on", async () => {
    await using node = await startJoin({ mode: "manual", count: 2, build: "sum" });
    const outcomes = await sendAll(node, [1, "many", 2, 3]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
    expect(node.payloads("out")).toEqual([5]);
    await using keyless = await startJoin({
      mode: "manual",
      count: 1,
      build: "object",
      key: "attributes.none",
    });
    await expect(keyless.send("in", 1)).rejects.toThrow("has no key");
  });

  it("takes names of prototypes for plain properties, or refuses them", async () => {
    await using merged = await startJoin({ mode: "manual", count: 1, build: "merged" });
    await merged.send("in", { payload: JSON.parse('{"__proto__":{"admin":true}}') });
    expect(Reflect.get(Object(merged.payloads("out")[0]), "admin")).toBeUndefined();
    await using keyed = await startJoin({ mode: "manual", count: 1, build: "object" });
    await expect(keyed.send("in", { topic: "__proto__", payload: {} })).rejects.toThrow(
      '"__proto__" cannot be',
    );
  });

  it("refuses messages without parts in auto mode", async () => {
    await using node = await startJoin();
    await expect(node.send("in", 1)).rejects.toThrow('no attributes "parts.id"');
  });
});
