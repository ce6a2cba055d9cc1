// G1, G2, G8: Redis is killed, away, cut off or emptied; what was acknowledged takes effect exactly once.
import { describe, expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { aofCuts } from "./suites/aof-cuts.ts";
import { cuts } from "./suites/cuts.ts";
import { flushes, redisKills } from "./suites/redis-faults.ts";

describe.concurrent("nothing is lost and nothing repeated", () => {
  test("when Redis is killed and comes back with an append-only file that is always on disk", async () => {
    const { faults, verdict } = await redisKills({ scale: 1, kills: 3 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
  });

  test("when Redis is away for seconds", async () => {
    const { faults, verdict, recoveriesMs } = await redisKills({ scale: 1, kills: 1, awayMs: 3_000 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    expect(recoveriesMs).toHaveLength(1);
  });

  test("when connections are cut every 25 ms and replies are swallowed", async () => {
    const { faults, verdict, counts } = await cuts({ scale: 1, messages: 1_500 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    expect(counts.cuts).toBeGreaterThan(50);
    // No engine died, so nothing had to be handled again: not even what was committed while the reader looked anew
    // through what it holds.
    expect(verdict.duplicatedOutside).toBe(0);
  });

  test("of what comes in after Redis lost everything, or a stream with its groups", async () => {
    const { faults, verdict } = await flushes({ scale: 1, flushes: 2 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
  });

  test("wherever the append-only file of a run ends", async () => {
    const { faults, verdict } = await aofCuts({ scale: 1, cuts: 4 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
  });
});

describe.concurrent("would notice an engine", () => {
  test.each(["publish without a high-water mark", "own pending entries are not drained"] as const)(
    "that loses track when replies are lost: %s",
    async (mutant) => {
      expect(await isCaught(() => cuts({ scale: 1, messages: 1_000, mutant }))).toBe(true);
    },
  );

  test("that begins a vanished group at the end", async () => {
    const mutant = "a vanished group is made anew at the end";
    expect(await isCaught(() => flushes({ scale: 1, flushes: 1, mutant }))).toBe(true);
  });

  test("whose commit can be cut in two", async () => {
    expect(
      await isCaught(() => aofCuts({ scale: 1, cuts: 6, mutant: "acknowledged before published" })),
    ).toBe(true);
  });
});
