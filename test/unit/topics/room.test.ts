// Room in a stream topic, on streams in memory.
import { expect, test } from "vitest";
import { openEmbedded } from "../../../engine/backend/index.ts";
import { systemClock } from "../../../engine/base/clock.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import type { Overflow } from "../../../engine/flow/document.ts";
import { makePlan } from "../../../engine/flow/index.ts";
import { Room } from "../../../engine/topics/room.ts";
import { eventually } from "../../support/eventually.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });
const LIMIT = 10;

async function given(overflow: Overflow) {
  const backend = await openEmbedded({ folder: ":memory:", logger });
  const flow = { topics: { t: { delivery: "stream", limit: LIMIT, overflow } } } as const;
  const types = { get: () => undefined, types: () => [] };
  const scripted = () => {
    throw new Error("This test has no scripted types.");
  };
  const bundle = { flow, layout: {}, files: {} };
  const planned = makePlan(bundle, { name: "main", types, environment: {}, scripted }).topics.get("t");
  if (!planned) throw new Error("It has no topic.");
  const address = { flow: "main", topic: "t" };
  await backend.streams.ensureGroup(address, "main/n", "new");
  const bodies = Array.from({ length: LIMIT }, () => new Uint8Array(1));
  const { waiting } = await backend.streams.publish(address, { id: "p", sequence: 0 }, bodies);
  const room = new Room({ planned, addresses: [address], streams: backend.streams, clock: systemClock });
  room.told(0, waiting);
  return { backend, room, address };
}

test("is full at the limit, and refuses, leaves out or makes room as the topic says", async () => {
  for (const [overflow, answer, dropped] of [
    ["fail", "topics/full", 1],
    ["drop-newest", false, 1],
    ["drop-oldest", true, 1],
  ] as const) {
    const { backend, room } = await given(overflow);
    expect(room.isFull).toBe(true);
    expect(await room.enter(true, 1).catch((error) => error.code)).toBe(answer);
    expect(room.dropped).toBe(dropped);
    room.close();
    await backend[Symbol.asyncDispose]();
  }
});

test("lets messages wait until there is room, but no more of them than memory should hold", async () => {
  const { backend, room, address } = await given("wait");
  const waiting = Array.from({ length: 1_000 }, () => room.enter(true, 1));
  await expect(room.enter(true, 1)).rejects.toMatchObject({ code: "topics/full" });
  const descends = room.enter(false, 1);
  const subscription = { stream: address, group: "main/n", consumer: "e:1" };
  const signal = new AbortController().signal;
  const [entry] = await backend.streams.read(subscription, { count: 1, waitMs: 0, signal });
  await backend.streams.commit([{ inputs: [{ subscription, id: entry?.id ?? "" }], effects: [] }]);
  expect(new Set(await Promise.all([...waiting, descends]))).toEqual(new Set([true]));
  await backend[Symbol.asyncDispose]();
});

test("lets no more bytes wait than memory should hold", async () => {
  const { backend, room } = await given("wait");
  const megabyte = 1024 * 1024;
  const waiting = Array.from({ length: 16 }, () => room.enter(true, megabyte));
  await expect(room.enter(true, 1)).rejects.toMatchObject({ code: "topics/full" });
  room.close();
  await Promise.all(waiting);
  await backend[Symbol.asyncDispose]();
});

test("looks now and then how much waits when commits fill the topic", async () => {
  const { backend, room } = await given("wait");
  room.told(0, 0);
  expect(room.isFull).toBe(false);
  for (let count = 0; count < LIMIT; count++) room.appended();
  await eventually(() => room.isFull, 3_000);
  room.close();
  await backend[Symbol.asyncDispose]();
});
