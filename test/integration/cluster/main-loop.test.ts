// A main loop that is blocked costs no lease, up to a limit; and the clock on the wall is nobody's business.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { memberLease } from "../../../engine/cluster/member.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { Holder, LEASE_MS, place } from "./given.ts";

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());
afterEach(() => void vi.useRealTimers());

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("a loop that is blocked for longer than a lease lives loses nothing", async () => {
  await using a = await place(redis.url, "a", { namespace: randomUUID() });
  const holder = new Holder();
  await using _ = a.cluster.ownership.share({ flow: "main", name: "timer", count: 1 }, holder);
  await eventually(() => holder.parts.size === 1);
  const lease = memberLease(`a:${a.cluster.bootId}`);
  const [before] = await a.backend.leases.read([lease]);
  block(2 * LEASE_MS);
  const [after] = await a.backend.leases.read([lease]);
  expect((after?.beat ?? 0) - (before?.beat ?? 0)).toBeGreaterThan(5);
  expect([after?.owner, after?.epoch, a.losses(), a.cluster.ownership.isCertain()]).toEqual([
    before?.owner,
    before?.epoch,
    0,
    true,
  ]);
  expect(holder.history).toEqual(["gained 0 in 1"]);
});

test("a loop that stays blocked ends the process, which says why", async () => {
  const namespace = randomUUID();
  const script = resolve(import.meta.dirname, "../../support/blocked-engine.ts");
  const child = spawn(
    process.execPath,
    ["--conditions=millrace-source", "--no-warnings", script, redis.url, namespace, "1000"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  expect(said).toMatch(/main loop has stood still for 1 s/);
});

test("clocks that are set by an hour, forth and back, move nothing", async () => {
  const namespace = randomUUID();
  await using a = await place(redis.url, "a", { namespace });
  await using b = await place(redis.url, "b", { namespace });
  const holders = [new Holder(), new Holder()];
  const what = { flow: "main", name: "shards", count: 4 };
  await using _a = a.cluster.ownership.share(what, holders[0] as Holder);
  await using _b = b.cluster.ownership.share(what, holders[1] as Holder);
  await eventually(() => holders.every(({ parts }) => parts.size === 2));
  const before = holders.map(({ history }) => [...history]);
  vi.useFakeTimers({ toFake: ["Date"] });
  for (const hours of [1, -1, 2]) {
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    let looks = 0;
    using _looks = a.cluster.onLook(() => {
      looks++;
    });
    await eventually(() => looks > 15);
  }
  expect(holders.map(({ history }) => history)).toEqual(before);
  expect([a.losses(), b.losses(), a.gone, b.gone]).toEqual([0, 0, [], []]);
});
