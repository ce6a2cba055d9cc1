// Floods of log lines, silent runners and oversized batches are bounded, by a clock that is turned by hand.
import { describe, expect, it } from "vitest";
import { LogLimit } from "../../../engine/sandbox/log-limit.ts";
import { SILENCE_MS, Vigil } from "../../../engine/sandbox/vigil.ts";
import { turnedClock } from "../../support/turned-clock.ts";

describe("LogLimit", () => {
  it("lets a burst through, then a trickle, and counts the rest", () => {
    let now = 0;
    const limit = new LogLimit(() => now);
    const pass = (count: number) =>
      Array.from({ length: count }, () => limit.allows()).filter(Boolean).length;
    expect(pass(1000)).toBe(500);
    expect(limit.takeLeftOut()).toBe(500);
    expect(limit.takeLeftOut()).toBe(0);
    now += 1000;
    expect(pass(1000)).toBe(100);
  });
});

describe("Vigil", () => {
  function setUp() {
    const log: string[] = [];
    const clock = turnedClock();
    const state = { busy: true };
    const vigil = new Vigil({
      clock,
      isBusy: () => state.busy,
      ask: () => log.push("ask"),
      giveUp: () => log.push("give up"),
    });
    vigil.keep();
    return { log, clock, state, vigil };
  }

  it("asks a runner that is silent, and gives up one that does not answer", () => {
    const { log, clock } = setUp();
    clock.turn(SILENCE_MS);
    expect(log).toEqual([]);
    clock.turn(SILENCE_MS);
    expect(log).toEqual(["ask"]);
    clock.turn(SILENCE_MS);
    expect(log).toContain("give up");
  });

  it("is content with any answer", () => {
    const { log, clock, vigil } = setUp();
    clock.turn(SILENCE_MS * 1.5);
    expect(log).toEqual(["ask"]);
    vigil.heard();
    clock.turn(SILENCE_MS);
    expect(log).toEqual(["ask"]);
  });

  it("rests while nothing is in the runner", () => {
    const { log, clock, state } = setUp();
    state.busy = false;
    clock.turn(SILENCE_MS * 10);
    expect(log).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
