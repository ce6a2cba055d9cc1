// One promise above all others: what a flow does, does not depend on where it runs, nor on who dies meanwhile.
import { expect, test } from "vitest";
import { isCaught } from "../support/fault/caught.ts";
import { everywhere } from "./suites/everywhere.ts";

test.concurrent("a flow puts out the same on one engine, and on three with a Redis or a Redis Cluster, one of them killed or not", async () => {
  const { faults, verdict, counts } = await everywhere({ scale: 1, messages: 600 });
  expect({ faults, verdict, counts }).toMatchObject({ faults: 0, counts: { "ways to run": 5, kills: 2 } });
  // Otherwise no kill met work under way.
  expect(counts["taken over"]).toBeGreaterThan(0);
});

test.concurrent("would notice an engine that puts out something else", async () => {
  const mutant = "poison is never given up";
  expect(await isCaught(() => everywhere({ scale: 1, messages: 200, worlds: ["redis"], mutant }))).toBe(true);
});
