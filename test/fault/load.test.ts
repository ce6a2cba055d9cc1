// G9, G11, G12: poison, slow sinks and deploys under load harm nothing beside them.
import { describe, expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { deploys } from "./suites/deploys.ts";
import { poison } from "./suites/poison.ts";
import { slowSink } from "./suites/slow-sink.ts";

describe.concurrent.each(["embedded", "redis"] as const)("on the %s backend", (backend) => {
  test("a node is deployed again and again while messages pass, and none is lost or repeated", async () => {
    const { faults, verdict } = await deploys({ scale: 1, backend, deploys: 12 });
    expect({ faults, verdict }).toMatchObject({ faults: 0 });
  });

  test("what cannot be handled goes to the dead letters once, also through a kill; the rest takes effect once", async () => {
    const { faults, verdict, counts } = await poison({ scale: 1, backend, rounds: 1 });
    expect({ faults, verdict, counts }).toMatchObject({ faults: 0, counts: { poisoned: 4, kills: 1 } });
  });
});

test("a node is deployed at one of three engines after the other, and no message is lost or repeated", async () => {
  const { faults, verdict } = await deploys({ scale: 1, backend: "redis", deploys: 12, engines: 3 });
  expect({ faults, verdict }).toMatchObject({ faults: 0 });
});

const SLOW = { scale: 1, seconds: 5, limit: 2_000, growthMb: 90 };

test("a sink that is a hundred times slower than its source slows the source, and costs no memory", async () => {
  const { faults, verdict, counts } = await slowSink(SLOW);
  expect({ faults, verdict, counts }).toMatchObject({ faults: 0 });
  // Otherwise the topic was never full, and the deploy of the faster sink met no backlog.
  expect(counts["waiting at most"]).toBeGreaterThanOrEqual(SLOW.limit);
});

describe.concurrent("would notice an engine", () => {
  test.each(["a changed node is not waited for", "readers are made anew with their node"] as const)(
    "whose deploy does not heed what is under way: %s",
    async (mutant) => {
      expect(await isCaught(() => deploys({ scale: 1, backend: "redis", deploys: 12, mutant }))).toBe(true);
    },
  );

  test("that takes all there is", async () => {
    expect(await isCaught(() => slowSink({ ...SLOW, mutant: "a reader without a budget" }))).toBe(true);
  });

  test("that never gives a message up", async () => {
    const mutant = "poison is never given up";
    expect(await isCaught(() => poison({ scale: 1, backend: "redis", rounds: 1, mutant }))).toBe(true);
  });
});
