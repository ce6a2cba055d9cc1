// G4, G8, G13: one engine after the other is killed and comes back; numbers and seconds go on, each once.
import { expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { killsWithinTicks, rollingKills } from "./suites/rolling-kills.ts";

test.concurrent("engines killed in turn lose nothing and repeat nothing, and a clock tells each second once", async () => {
  const { faults, verdict, counts } = await rollingKills({ scale: 1, kills: 2 });
  expect({ faults, verdict, counts }).toMatchObject({
    faults: 0,
    counts: { "ticks twice": 0, "ticks missed": 0 },
  });
  // Otherwise the clock never changed hands, and the test would prove nothing of it.
  expect(counts["of them of the clock's engine"]).toBeGreaterThan(0);
});

test.concurrent("an engine killed between remembering a tick and sending it costs no tick and repeats none", async () => {
  const { faults, verdict } = await killsWithinTicks({ scale: 1, kills: 3 });
  expect({ faults, verdict }).toMatchObject({ faults: 0 });
});

test.concurrent("would notice a timer that takes a tick for sent once it has remembered it", async () => {
  const mutant = "a tick on its way is forgotten";
  expect(await isCaught(() => killsWithinTicks({ scale: 1, kills: 1, mutant }))).toBe(true);
});

test.concurrent("would notice a timer that does not make up for the time until others took it over", async () => {
  const mutant = "missed ticks are not made up for";
  expect(await isCaught(() => rollingKills({ scale: 1, kills: 1, mutant }))).toBe(true);
});
