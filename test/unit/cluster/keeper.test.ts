// The keeper: what it trusts is what was confirmed, counted from when the question went out.
import { expect, test } from "vitest";
import { openEmbedded } from "../../../engine/backend/embedded/embedded.ts";
import type { LeaseStore } from "../../../engine/backend/leases.ts";
import { Keeper } from "../../../engine/cluster/keeper.ts";
import { memberLease } from "../../../engine/cluster/member.ts";
import { Signs } from "../../../engine/cluster/signs.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const LEASE_MS = 1000;

/** A keeper on a fake clock, whose every call of the store takes `delayMs`. */
async function keeping(consumer = "a:1") {
  const backend = await openEmbedded({ folder: ":memory:", logger: quietLogger().logger });
  const clock = { now: 0, delayMs: 0, steps: 0 };
  const slow = <T>(answer: Promise<T>) => {
    clock.now += clock.delayMs;
    return answer;
  };
  const { leases } = backend;
  const store: LeaseStore = {
    read: (each) => slow(leases.read(each)),
    take: (...each) => slow(leases.take(...each)),
    beat: (...each) => slow(leases.beat(...each)),
    release: (...each) => slow(leases.release(...each)),
    forget: (...each) => slow(leases.forget(...each)),
  };
  const signs = new Signs();
  const sleeps: number[] = [];
  let beats = 0;
  const keeper = new Keeper({
    leases: store,
    consumer,
    leaseMs: LEASE_MS,
    signs,
    now: () => clock.now,
    sleep: async (ms) => {
      sleeps.push(ms);
      clock.now += ms;
      if (++beats === clock.steps) keeper.stop();
    },
  });
  return {
    backend,
    clock,
    signs,
    sleeps,
    keeper,
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

test("beats five times within the time of the lease", async () => {
  await using given = await keeping();
  given.clock.steps = 3;
  await given.keeper.join();
  expect(await given.keeper.beat()).toBe("stopped");
  expect(given.sleeps).toEqual([200, 200, 200]);
  expect(await given.backend.leases.read([memberLease("a:1")])).toEqual([
    { owner: "a:1", epoch: 1, beat: 3 },
  ]);
});

test("trusts from when the beat was sent, not from when it was answered", async () => {
  await using given = await keeping();
  await given.keeper.join();
  expect(given.signs.trustedUntil).toBe(900);
  given.clock.now = 100;
  given.clock.delayMs = 150;
  given.clock.steps = 1;
  await given.keeper.beat();
  expect(given.signs.trustedUntil).toBe(1000);
  expect(given.sleeps).toEqual([50]);
});

test("beats again at once after an answer that took long", async () => {
  await using given = await keeping();
  await given.keeper.join();
  given.clock.delayMs = 5000;
  given.clock.steps = 2;
  await given.keeper.beat();
  expect(given.sleeps).toEqual([0, 0]);
});

test("trusts nothing any more when its lease was taken over", async () => {
  await using given = await keeping();
  await given.keeper.join();
  const lease = memberLease("a:1");
  const [seen] = await given.backend.leases.read([lease]);
  await given.backend.leases.take(lease, "b:1", seen ?? { owner: "", epoch: 0, beat: 0 });
  expect(await given.keeper.beat()).toBe("lost");
  expect(given.signs.trustedUntil).toBe(0);
});

test("takes its lease again when the backend has lost its data", async () => {
  await using given = await keeping();
  const lease = memberLease("a:1");
  await given.keeper.join();
  const [seen = { owner: "", epoch: 0, beat: 0 }] = await given.backend.leases.read([lease]);
  await given.backend.leases.forget(lease, seen);
  given.clock.steps = 2;
  expect(await given.keeper.beat()).toBe("stopped");
  expect(await given.backend.leases.read([lease])).toEqual([{ owner: "a:1", epoch: 1, beat: 1 }]);
});

test("gives the lease back when it leaves, and trusts nothing from then on", async () => {
  await using given = await keeping();
  await given.keeper.join();
  await given.keeper.leave();
  expect(given.signs.trustedUntil).toBe(0);
  expect(await given.backend.leases.read([memberLease("a:1")])).toEqual([{ owner: "", epoch: 1, beat: 0 }]);
});

test("does not take a place that was given away before it came", async () => {
  await using given = await keeping();
  await given.backend.leases.take(memberLease("a:1"), "b:1", { owner: "", epoch: 0, beat: 0 });
  await expect(given.keeper.join()).rejects.toThrow("b:1");
});
