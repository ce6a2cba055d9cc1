// G1, G4: Redis takes no writes for a while, since its disk or its memory is full; work waits, and is done once.
import { describe, expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { fullDisk, fullMemory } from "./suites/refusals.ts";

describe.concurrent("nothing is lost, nothing repeated and nothing given up", () => {
  test("while the disk of Redis is full", async () => {
    const { faults, verdict, recoveriesMs } = await fullDisk({ scale: 1, times: 1 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    expect(recoveriesMs).toHaveLength(1);
  });

  test("while the memory of Redis is full, and what is in it is worked off meanwhile", async () => {
    const { faults, verdict, recoveriesMs } = await fullMemory({ scale: 1, times: 1 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    expect(recoveriesMs).toHaveLength(1);
  });
});

describe.concurrent("would notice an engine", () => {
  test.each(["a refusal is taken for success", "a refusal ends the call"] as const)(
    "that does not wait: %s",
    async (mutant) => {
      expect(await isCaught(() => fullDisk({ scale: 1, times: 1, mutant }))).toBe(true);
      expect(await isCaught(() => fullMemory({ scale: 1, times: 1, mutant }))).toBe(true);
    },
  );

  test("that a full memory keeps from working off what is in it", async () => {
    const mutant = "commits are refused when out of memory";
    expect(await isCaught(() => fullMemory({ scale: 1, times: 1, mutant }))).toBe(true);
  });
});
