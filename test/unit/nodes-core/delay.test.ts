// The delay holds messages, unsettled, until it is their time.
import { type TestNode, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import delay from "../../../nodes/core/delay.ts";

const start = (config: unknown) => testNode(delay, { config });

/** Sends without waiting; a delivery that is given up at the end is no failure of the test. */
function sendAll(node: TestNode, ...messages: unknown[]): Promise<unknown> {
  return Promise.allSettled(messages.map((message) => node.send("in", message)));
}

describe("delay by time", () => {
  it("holds each message for the fixed time and settles it only then", async () => {
    await using node = await start({ delay: "5s" });
    let settled = false;
    const sent = node.send("in", { payload: 1, attributes: { a: "x" } }).then(() => {
      settled = true;
    });
    await node.clock.advance(4_999);
    expect([node.emitted.length, settled, node.open]).toEqual([0, false, 1]);
    await node.clock.advance(1);
    await sent;
    expect(node.emitted).toMatchObject([
      { port: "out", payload: 1, attributes: { a: "x" }, from: [{ payload: 1 }] },
    ]);
  });

  it("waits a random time between two bounds", async () => {
    await using node = await start({ mode: "random", min: "1s", max: "2s" });
    const sent = sendAll(node, 1, 2, 3);
    await node.clock.advance(999);
    expect(node.emitted).toEqual([]);
    await node.clock.advance(1_001);
    await sent;
    expect(node.payloads("out").sort()).toEqual([1, 2, 3]);
  });

  it("waits as long as each message says, so that a short wait overtakes", async () => {
    await using node = await start({ mode: "message", path: "payload.wait", delay: "3s" });
    const sent = sendAll(node, { wait: "2s" }, { wait: 500 }, { wait: "1000" }, { none: 1 }, { wait: -5 });
    await node.clock.advance(3_000);
    await sent;
    expect(node.payloads("out")).toEqual([
      { wait: -5 },
      { wait: 500 },
      { wait: "1000" },
      { wait: "2s" },
      { none: 1 },
    ]);
    await expect(node.send("in", { wait: "soon" })).rejects.toThrow('"soon" is not a duration');
  });

  it("gives up what waits when it stops, so that a durable topic brings it again", async () => {
    const node = await start({ delay: "5s" });
    const sent = node.send("in", 1);
    await node.clock.advance(1_000);
    await node.close();
    await expect(sent).rejects.toThrow("stopped before");
    expect(node.leaks).toEqual([]);
  });

  it("fails a delivery whose topic refuses it at the end", async () => {
    const accept = () => {
      throw new Error("full");
    };
    await using node = await testNode(delay, { config: { delay: "1s" }, accept });
    const sent = expect(node.send("in", 1)).rejects.toThrow("full");
    await node.clock.advance(1_000);
    await sent;
  });
});

describe("delay by rate", () => {
  it("lets so many pass per time, in order", async () => {
    await using node = await start({ mode: "rate", rate: 2, per: "1s" });
    const sent = sendAll(node, 1, 2, 3, 4);
    await node.clock.advance(0);
    expect(node.payloads("out")).toEqual([1]);
    await node.clock.advance(999);
    expect(node.payloads("out")).toEqual([1, 2]);
    await node.clock.advance(501);
    await sent;
    expect(node.payloads("out")).toEqual([1, 2, 3, 4]);
  });

  it("lets a burst pass after a rest", async () => {
    await using node = await start({ mode: "rate", rate: 1, per: "1s", burst: 3 });
    const sent = sendAll(node, 1, 2, 3, 4, 5);
    await node.clock.advance(0);
    expect(node.payloads("out")).toEqual([1, 2, 3]);
    await node.clock.advance(2_000);
    await sent;
    await node.clock.advance(10_000);
    await Promise.all([6, 7, 8].map((payload) => node.send("in", payload)));
    expect(node.payloads("out")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("gives each key a rate of its own", async () => {
    await using node = await start({ mode: "rate", key: "attributes.user" });
    const from = (user: string, payload: number) => ({ payload, attributes: { user } });
    const sent = sendAll(node, from("a", 1), from("a", 2), from("b", 3), from("b", 4));
    await node.clock.advance(0);
    expect(node.payloads("out")).toEqual([1, 3]);
    await node.clock.advance(1_000);
    await sent;
    expect(node.payloads("out")).toEqual([1, 3, 2, 4]);
  });

  it.each([
    ["drop", [1], [2, 3]],
    ["latest", [1, 3], [2]],
    ["queue", [1, 2, 3], []],
  ])("does with too many what it is told: %s", async (excess, out, dropped) => {
    await using node = await start({ mode: "rate", excess });
    const sent = sendAll(node, 1, 2, 3);
    await node.clock.advance(5_000);
    await sent;
    expect([node.payloads("out"), node.payloads("dropped"), node.open]).toEqual([out, dropped, 0]);
  });

  it("lets keys that share a rate take turns", async () => {
    await using node = await start({ mode: "rate", key: "attributes.user", share: "turns" });
    const from = (user: string, payload: number) => ({ payload, attributes: { user } });
    const sent = sendAll(
      node,
      from("a", 1),
      from("a", 2),
      from("a", 3),
      from("b", 4),
      from("c", 5),
      from("c", 6),
    );
    await node.clock.advance(0);
    expect(node.payloads("out")).toEqual([1]);
    await node.clock.advance(5_000);
    await sent;
    expect(node.payloads("out")).toEqual([1, 2, 4, 5, 3, 6]);
    await node.clock.advance(1_000);
    await node.send("in", from("d", 7));
    expect(node.payloads("out")).toHaveLength(7);
  });

  it.each([
    ["latest", [1, 3, 4], [2]],
    ["drop", [1], [2, 3, 4]],
  ])("with turns too, does with too many what it is told: %s", async (excess, out, dropped) => {
    await using node = await start({ mode: "rate", key: "attributes.user", share: "turns", excess });
    const from = (user: string, payload: number) => ({ payload, attributes: { user } });
    const sent = sendAll(node, from("a", 1), from("a", 2), from("a", 3), from("b", 4));
    await node.clock.advance(5_000);
    await sent;
    expect([node.payloads("out"), node.payloads("dropped")]).toEqual([out, dropped]);
  });

  it("takes another rate from a message", async () => {
    await using node = await start({ mode: "rate", rate: 1, per: "1m" });
    const fast = (payload: number) => ({ payload, attributes: { rate: "60" } });
    const sent = sendAll(node, fast(1), fast(2), fast(3));
    await node.clock.advance(2_000);
    await sent;
    expect(node.payloads("out")).toEqual([1, 2, 3]);
  });
});

describe("delay when full, and by order", () => {
  it.each([
    ["drop-oldest", [2, 3], [1]],
    ["drop-newest", [1, 2], [3]],
  ])("%s", async (overflow, out, dropped) => {
    await using node = await start({ delay: "1s", limit: 2, overflow });
    const sent = sendAll(node, 1, 2, 3);
    await node.clock.advance(1_000);
    await sent;
    expect([node.payloads("out"), node.payloads("dropped")]).toEqual([out, dropped]);
  });

  it("fails a message when it is full, unless told to drop", async () => {
    await using node = await start({ delay: "1s", limit: 1 });
    const first = node.send("in", 1);
    await expect(node.send("in", 2)).rejects.toThrow("1 messages wait already");
    await node.clock.advance(1_000);
    await first;
  });

  it.each<[Record<string, string>, unknown[], number]>([
    [{ flush: "" }, [1, 2, 3], 0],
    [{ flush: "2" }, [1, 2], 1],
    [{ reset: "" }, [], 0],
    [{ flush: "1", reset: "" }, [1], 0],
  ])("does as the attributes %j say, and does not pass that message on", async (attributes, out, open) => {
    await using node = await start({ delay: "1m" });
    void sendAll(node, 1, 2, 3);
    await node.send("in", { payload: "order", attributes });
    await node.clock.advance(0);
    expect([node.payloads("out"), node.open]).toEqual([out, open]);
  });

  it("puts a message to the front, and shows how many wait", async () => {
    await using node = await start({ mode: "rate" });
    const sent = sendAll(node, 1, 2, 3, { payload: "urgent", attributes: { "to-front": "" } });
    await node.clock.advance(500);
    expect(node.status.text).toBe("3 waiting");
    await node.clock.advance(4_000);
    await sent;
    expect(node.payloads("out")).toEqual([1, "urgent", 2, 3]);
    expect(node.status.text).toBe("");
  });
});
