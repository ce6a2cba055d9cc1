// G4, G6, G8: engines take over from those that are dead or seem so; a zombie never commits.
import { describe, expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { takeovers } from "./suites/takeovers.ts";
import { zombies } from "./suites/zombies.ts";

describe.concurrent("nothing is lost and nothing repeated", () => {
  test("when engines are stopped in the middle of their work and go on after others have taken it over", async () => {
    const { faults, verdict } = await zombies({ scale: 1, pauses: 3 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    expect(verdict.redelivered).toBeGreaterThan(0);
  });

  test("when engines of a cluster are killed, or stopped for longer than their lease", async () => {
    const { faults, verdict, recoveriesMs } = await takeovers({ scale: 1, kills: 1, pauses: 1 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    expect(recoveriesMs).toHaveLength(2);
  });

  test("and wall clocks that jump by hours change nothing of that", async () => {
    const { faults, verdict } = await takeovers({ scale: 1, kills: 1, pauses: 1, clockJumps: true });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
  });

  test("and each key keeps its order in a topic with partitions", async () => {
    const { faults, verdict } = await takeovers({ scale: 1, kills: 1, pauses: 1, partitions: 4 });
    expect({ faults, verdict }).toMatchObject({ faults: 0, verdict: { outOfOrder: 0 } });
  });
});

describe.concurrent("would notice an engine", () => {
  const kill = { scale: 1, kills: 1, pauses: 0 };

  test("that commits what is not its own any more", async () => {
    const mutant = "commit without a fence";
    expect(await isCaught(() => zombies({ scale: 1, pauses: 1, mutant }))).toBe(true);
  });

  test.each(["nobody is declared dead", "the living are claimed from"] as const)(
    "that takes over from nobody, or from anybody: %s",
    async (mutant) => {
      expect(await isCaught(() => takeovers({ ...kill, mutant }))).toBe(true);
    },
  );

  test("whose leases rest on the wall clock", async () => {
    const mutant = "leases by the wall clock";
    expect(await isCaught(() => takeovers({ ...kill, clockJumps: true, mutant }))).toBe(true);
  });

  test.each([
    "a part's earlier entries are not taken first",
    "what waits for its next attempt is overtaken",
  ] as const)("that does not keep the order of a key: %s", async (mutant) => {
    expect(await isCaught(() => takeovers({ ...kill, partitions: 4, mutant }))).toBe(true);
  });
});
