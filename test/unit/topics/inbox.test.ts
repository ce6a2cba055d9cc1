import { describe, expect, test } from "vitest";
import { EngineMessage, NO_ATTRIBUTES } from "../../../engine/topics/engine-message.ts";
import { Inbox, TAKEN } from "../../../engine/topics/inbox.ts";
import { randomWords } from "../../../engine/topics/message-id.ts";

const message = (payload: unknown) =>
  new EngineMessage({
    topic: "t",
    time: 0,
    source: "main/a",
    correlation: undefined,
    attributes: NO_ATTRIBUTES,
    attempt: 1,
    payload,
    trees: undefined,
    isRoot: false,
    id: randomWords(0),
  });
const inbox = (overflow: "wait" | "drop-oldest" | "drop-newest" | "fail", limit = 3) =>
  new Inbox({ topic: "t", port: "in", limit, overflow });
const drained = (box: Inbox) => {
  const payloads: unknown[] = [];
  for (let next = box.shift(); next; next = box.shift()) payloads.push(next.payload);
  return payloads;
};

describe("an inbox at its limit", () => {
  test("lets emitters wait until there is room", async () => {
    const box = inbox("wait");
    for (let count = 0; count < 3; count++) expect(box.push(message(count))).toBe(TAKEN);
    let taken = false;
    const waiting = box.push(message(3)).then(() => {
      taken = true;
    });
    box.shift();
    await Promise.resolve();
    expect(taken).toBe(false);
    box.shift();
    await waiting;
    expect(drained(box)).toEqual([2, 3]);
  });

  test("refuses emitters that never wait, long before memory runs out", async () => {
    const box = inbox("wait", 2);
    for (let count = 0; count < 20; count++) void box.push(message(count));
    await expect(box.push(message("more"))).rejects.toThrow('Topic "t" is full: 2 messages wait already.');
    expect(box.length).toBe(20);
  });

  test("drops the oldest", () => {
    const box = inbox("drop-oldest");
    for (let count = 0; count < 5; count++) void box.push(message(count));
    expect([drained(box), box.dropped]).toEqual([[2, 3, 4], 2]);
  });

  test("drops the newest", () => {
    const box = inbox("drop-newest");
    for (let count = 0; count < 5; count++) void box.push(message(count));
    expect([drained(box), box.dropped]).toEqual([[0, 1, 2], 2]);
  });

  test("fails the emit", async () => {
    const box = inbox("fail");
    for (let count = 0; count < 3; count++) void box.push(message(count));
    await expect(box.push(message(3))).rejects.toMatchObject({ code: "topics/full" });
    expect(drained(box)).toEqual([0, 1, 2]);
  });
});

test("an inbox keeps the order over many pushes, shifts and put-backs", () => {
  const box = inbox("wait", 10_000);
  for (let count = 0; count < 100; count++) void box.push(message(count));
  const [first, second] = [box.shift(), box.shift()];
  if (second) box.putBack(second);
  if (first) box.putBack(first);
  expect(drained(box)).toEqual(Array.from({ length: 100 }, (_, count) => count));
});
