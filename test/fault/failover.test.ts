// G1, G4: the master of a Redis behind Sentinels dies; what was acknowledged as replicated takes effect exactly once.
import { describe, expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { failover } from "./suites/failover.ts";

describe.concurrent("durability replicated", () => {
  test("nothing is lost and nothing repeated when the master dies, also when its replica was behind", async () => {
    const { faults, verdict, counts, recoveriesMs } = await failover({ scale: 1, kills: 2 });
    expect({ faults, verdict, counts }).toMatchObject({ faults: 0, counts: { "cuts before": 1 } });
    expect(recoveriesMs).toHaveLength(2);
  });

  test("would notice an engine that acknowledges what only the master has", async () => {
    const mutant = "the answer of WAIT is not looked at";
    expect(await isCaught(() => failover({ scale: 1, kills: 1, cutsFirst: true, mutant }))).toBe(true);
  });
});
