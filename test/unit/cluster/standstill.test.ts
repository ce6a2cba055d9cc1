// Whose beats stand still: judged by the observer's own clock, and never for a time in which it could not look.
import { describe, expect, test } from "vitest";
import { BlockWatch } from "../../../engine/cluster/block-watch.ts";
import { Standstill } from "../../../engine/cluster/standstill.ts";

const state = (beat: number) => ({ owner: "a:1", epoch: 1, beat });
const looks = (standstill: Standstill, at: number, beat: number) =>
  standstill.look(new Map([["a:1", state(beat)]]), at, at + 5);

describe("a lease that is watched", () => {
  test("stands still when nothing changed for its time", () => {
    const standstill = new Standstill(1000);
    const answers = [0, 400, 800, 1000, 1005].map((at) => looks(standstill, at, 7));
    expect(answers).toEqual([[], [], [], [], ["a:1"]]);
  });

  test("does not stand still while it beats, however slowly", () => {
    const standstill = new Standstill(1000);
    for (let at = 0; at < 10_000; at += 400) expect(looks(standstill, at, Math.floor(at / 900))).toEqual([]);
  });

  test("is not blamed for a time in which nobody could look", () => {
    const standstill = new Standstill(1000);
    expect(looks(standstill, 0, 7)).toEqual([]);
    expect(looks(standstill, 30_000, 7)).toEqual([]);
    expect([30_400, 30_800, 31_010].map((at) => looks(standstill, at, 7))).toEqual([[], [], ["a:1"]]);
  });

  test("begins anew when it comes back", () => {
    const standstill = new Standstill(1000);
    looks(standstill, 0, 7);
    standstill.look(new Map(), 400, 405);
    expect(looks(standstill, 800, 7)).toEqual([]);
    expect(looks(standstill, 1_200, 7)).toEqual([]);
  });
});

describe("the main loop, watched from the keeper's thread", () => {
  const watch = () => new BlockWatch({ limitMs: 1000, lookEveryMs: 100 });

  test("may stand still up to the limit", () => {
    const block = watch();
    const answers = [0, 100, 300, 500, 700, 900, 1000].map((at) => block.look(1n, at));
    expect(answers.every((answer) => !answer)).toBe(true);
  });

  test("is given up when it stands still for longer", () => {
    const block = watch();
    const seen: boolean[] = [];
    for (let at = 0; at <= 1200; at += 100) seen.push(block.look(1n, at));
    expect(seen.indexOf(true)).toBe(11);
  });

  test("is forgiven as soon as it turns", () => {
    const block = watch();
    for (let at = 0; at < 10_000; at += 100) expect(block.look(BigInt(Math.floor(at / 900)), at)).toBe(false);
  });

  test("is not blamed when the whole process was paused", () => {
    const block = watch();
    block.look(1n, 0);
    expect(block.look(1n, 60_000)).toBe(false);
    expect(block.look(1n, 60_100)).toBe(false);
  });
});
