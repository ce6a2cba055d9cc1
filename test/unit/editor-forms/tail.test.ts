// What the live lists show.
import { expect, test } from "vitest";
import { debugTail, logTail } from "../../../editor/panels/tail.ts";
import type { DebugEvent, LogLineEvent } from "../../../engine/admin/api.ts";

const debug = (serial: number, part: Partial<DebugEvent>) => ({
  flow: "main",
  node: "show",
  label: "payload",
  time: 0,
  value: null,
  cut: false,
  message: null,
  ...part,
  serial,
});
const all = { flow: "main", node: null, text: "", clearedTo: 0, pausedAt: null };
const serials = (entries: readonly { serial: number }[]) => entries.map((entry) => entry.serial);

test("debug messages of other flows, of other nodes, without the text, or cleared away are not shown", () => {
  const entries = [
    debug(1, { value: { name: "Anna" } }),
    debug(2, { flow: "other" }),
    debug(3, { node: "alarm", value: "anna" }),
    debug(4, { value: 4 }),
  ];
  expect(serials(debugTail(entries, all).shown)).toEqual([1, 3, 4]);
  expect(serials(debugTail(entries, { ...all, node: "show" }).shown)).toEqual([1, 4]);
  expect(serials(debugTail(entries, { ...all, text: "ANNA" }).shown)).toEqual([1, 3]);
  expect(serials(debugTail(entries, { ...all, clearedTo: 3 }).shown)).toEqual([4]);
});

test("while paused the list stands still and says how many wait", () => {
  const entries = [debug(1, {}), debug(2, {}), debug(3, {})];
  const tail = debugTail(entries, { ...all, pausedAt: 1 });
  expect(serials(tail.shown)).toEqual([1]);
  expect(tail.held).toBe(2);
});

test("log lines are filtered by level and above, and by text or fields", () => {
  const line = (serial: number, level: LogLineEvent["level"], text: string, fields = {}) => ({
    engine: "a",
    time: 0,
    level,
    text,
    fields,
    serial,
  });
  const lines = [
    line(1, "debug", "x"),
    line(2, "warn", "slow", { node: "convert" }),
    line(3, "error", "gone"),
  ];
  expect(serials(logTail(lines, { level: "warn", text: "", clearedTo: 0 }))).toEqual([2, 3]);
  expect(serials(logTail(lines, { level: "trace", text: "convert", clearedTo: 0 }))).toEqual([2]);
  expect(serials(logTail(lines, { level: "trace", text: "", clearedTo: 2 }))).toEqual([3]);
});
