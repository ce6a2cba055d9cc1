// G1, G3, G4: what was acknowledged takes effect exactly once, wherever the engine is killed.
import { describe, expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { failpoints } from "./suites/failpoints.ts";
import { clockJumps, kills } from "./suites/kills.ts";

/** Effects outside that one engine may have under way, and so may repeat for each time that it dies. */
const IN_FLIGHT = 64;

describe.concurrent.each(["embedded", "redis"] as const)("on the %s backend", (backend) => {
  test("kills at random moments lose nothing and repeat nothing", async () => {
    const { faults, verdict } = await kills({ scale: 1, backend, kills: 3 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
    // Otherwise no kill met work under way, and the test would prove nothing.
    expect(verdict.redelivered).toBeGreaterThan(0);
    expect(verdict.duplicatedOutside).toBeLessThanOrEqual(3 * IN_FLIGHT);
  });

  test("kills at each failpoint lose nothing and repeat nothing", async () => {
    const { faults, verdict, counts } = await failpoints({ scale: 1, backend });
    expect({ faults, verdict, counts }).toMatchObject({ faults: 0, counts: { kills: 6 } });
  });

  test("a wall clock that jumps by hours changes nothing", async () => {
    const { faults, verdict } = await clockJumps({ scale: 1, backend, kills: 1 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
  });
});

describe.concurrent("would notice an engine", () => {
  test("that does not take up again what its earlier run had under way", async () => {
    const mutant = "an earlier run's entries are not claimed";
    expect(await isCaught(() => kills({ scale: 1, backend: "embedded", kills: 2, mutant }))).toBe(true);
  });

  test.each(["acknowledged before published", "published before acknowledged"] as const)(
    "that commits in two steps: %s",
    async (mutant) => {
      const places = ["after-commit=kill@3"] as const;
      expect(await isCaught(() => failpoints({ scale: 1, backend: "redis", places, mutant }))).toBe(true);
    },
  );
});
