import { expect, test } from "vitest";
import type { StreamEntry } from "../../../engine/backend/backend.ts";
import { Budget } from "../../../engine/topics/budget.ts";

const MEGABYTE = 1024 * 1024;

function entry(size: number): StreamEntry {
  return { id: "1-1", body: new Uint8Array(size), fields: undefined, deliveries: 0, failures: 0 };
}

test("asks for few at first, since each may be large, and for all there may be when they are small", () => {
  const budget = new Budget();
  expect(budget.room).toBe(16);
  const small = entry(100);
  for (let index = 0; index < 60; index++) {
    budget.take(small);
    budget.giveBack(small);
  }
  expect(budget.room).toBe(64);
});

test("is bounded in messages", () => {
  const budget = new Budget();
  const small = entry(10);
  for (let index = 0; index < 33; index++) budget.take(small);
  expect(budget.isHalfFree).toBe(false);
  budget.giveBack(small);
  expect(budget.isHalfFree).toBe(true);
});

test("is bounded in bytes, also of what foreign programs wrote", () => {
  const budget = new Budget();
  const large = entry(MEGABYTE);
  for (let index = 0; index < 8; index++) budget.take(large);
  expect({ free: budget.isHalfFree, room: budget.room }).toEqual({ free: true, room: 8 });
  const foreign = { ...large, body: undefined, fields: { text: "x".repeat(MEGABYTE) } };
  budget.take(foreign);
  expect({ free: budget.isHalfFree, room: budget.room }).toEqual({ free: false, room: 6 });
});

test("always lets one through, however large", () => {
  const budget = new Budget();
  for (let index = 0; index < 20; index++) budget.take(entry(2 * MEGABYTE));
  expect(budget.room).toBe(1);
});
