// When workers come back, and when they come back in safe mode.
import { describe, expect, it } from "vitest";
import { afterEnd, NO_HISTORY, RESTART_RULES, type WorkerEnd } from "../../../engine/cli/workers/policy.ts";

const afterAllOf = (ends: readonly { end?: WorkerEnd; livedMs: number }[]) => {
  let at = 0;
  let history = NO_HISTORY;
  return ends.map(({ end = "crashed", livedMs }) => {
    at += history.pauseMs + livedMs;
    history = afterEnd(history, { end, at, livedMs }, RESTART_RULES);
    return { pauseMs: history.pauseMs, safe: history.safe };
  });
};

describe("a worker that crashes", () => {
  it("comes back after 1 s, then after twice as long each time, up to 30 s", () => {
    const pauses = afterAllOf(Array.from({ length: 7 }, () => ({ livedMs: 59_000 }))).map(
      ({ pauseMs }) => pauseMs,
    );
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("begins with 1 s again when it has lived for a minute", () => {
    expect(afterAllOf([{ livedMs: 10 }, { livedMs: 10 }, { livedMs: 60_000 }]).at(-1)).toEqual({
      pauseMs: 1_000,
      safe: false,
    });
  });

  it("comes back in safe mode after the third crash within 60 s", () => {
    const safe = afterAllOf([{ livedMs: 500 }, { livedMs: 500 }, { livedMs: 500 }]).map((each) => each.safe);
    expect(safe).toEqual([false, false, true]);
  });

  it("does not when its crashes are further apart", () => {
    const far = afterAllOf(Array.from({ length: 6 }, () => ({ livedMs: 40_000 })));
    expect(far.some(({ safe }) => safe)).toBe(false);
  });

  it("stays in safe mode until it has lived for a minute there", () => {
    const crash = { livedMs: 100 };
    const ends = afterAllOf([crash, crash, crash, { livedMs: 50_000 }, { livedMs: 61_000 }]);
    expect(ends.map(({ safe }) => safe)).toEqual([false, false, true, true, false]);
  });
});

describe("a worker that ends otherwise", () => {
  it("waits longer each time but never goes into safe mode when it said why it cannot start", () => {
    const refused = { end: "refused", livedMs: 100 } as const;
    expect(afterAllOf([refused, refused, refused, refused])).toEqual([
      { pauseMs: 1_000, safe: false },
      { pauseMs: 2_000, safe: false },
      { pauseMs: 4_000, safe: false },
      { pauseMs: 8_000, safe: false },
    ]);
  });

  it("comes back at once when somebody stopped it", () => {
    expect(afterAllOf([{ livedMs: 10 }, { end: "left", livedMs: 10 }]).at(-1)).toEqual({
      pauseMs: 0,
      safe: false,
    });
  });
});
