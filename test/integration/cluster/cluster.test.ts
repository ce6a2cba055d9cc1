// Engines on one Redis see each other, and share out what only one may do at a time.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { Holder, LEASE_MS, type Place, place } from "./given.ts";

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

/** Engines of a cluster of their own. */
async function engines(...names: string[]) {
  const namespace = randomUUID().slice(0, 8);
  const places = await Promise.all(names.map((name) => place(redis.url, name, { namespace })));
  return {
    namespace,
    places,
    async [Symbol.asyncDispose]() {
      await Promise.all(places.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

function names(each: Place): string[] {
  return each.cluster
    .living()
    .map(({ engine }) => engine)
    .sort();
}

describe("members", () => {
  test("see each other come and go", async () => {
    await using given = await engines("a", "b", "c");
    const [a, b, c] = given.places as [Place, Place, Place];
    await eventually(() => given.places.every((each) => names(each).join() === "a,b,c"));
    const left = `c:${c.cluster.bootId}`;
    await c[Symbol.asyncDispose]();
    await eventually(() => names(a).join() === "a,b" && names(b).join() === "a,b");
    await eventually(() => a.gone.includes(left) && b.gone.includes(left));
    expect([a.gone, b.gone]).toEqual([[left], [left]]);
  });

  test("an earlier boot of the same engine is gone at once", async () => {
    await using given = await engines("a");
    const [before] = given.places as [Place];
    await using _ = await place(redis.url, "a", { namespace: given.namespace });
    await eventually(() => before.losses() === 1);
  });

  test("one that is cut off learns that it was declared dead, and takes a place anew", async () => {
    await using given = await engines("a");
    const [a] = given.places as [Place];
    await using proxy = await TcpProxy.start(redis.port);
    await using b = await place(redis.url, "b", {
      namespace: given.namespace,
      keep: `redis://127.0.0.1:${proxy.port}`,
    });
    const holder = new Holder();
    await using _ = b.cluster.ownership.share({ flow: "main", name: "only-b", count: 1 }, holder);
    await eventually(() => holder.parts.size === 1);
    const before = `b:${b.cluster.bootId}`;
    proxy.refuse(true);
    proxy.cut();
    await eventually(() => a.gone.includes(before));
    expect(holder.history.at(-1)).toBe("lost 0"); // it had ceased to trust itself before the others gave it up
    proxy.refuse(false);
    await eventually(() => b.losses() === 1);
    await b.cluster.rejoin();
    expect(`b:${b.cluster.bootId}`).not.toBe(before);
    await eventually(() => names(a).join() === "a,b");
  });

  test("nobody is declared dead for a time in which Redis was away", async () => {
    await using given = await engines("a", "b");
    const [a, b] = given.places as [Place, Place];
    await eventually(() => names(a).join() === "a,b" && names(b).join() === "a,b");
    redis.pause();
    await pause(2.5 * LEASE_MS);
    redis.resume();
    const looks = { count: 0 };
    using _ = a.cluster.onLook(() => {
      looks.count++;
    });
    await eventually(() => looks.count > 20);
    expect([names(a), names(b), a.losses(), b.losses()]).toEqual([["a", "b"], ["a", "b"], 0, 0]);
  });
});

describe("what is shared out", () => {
  test("a single part has one holder, and is handed over at once when that one leaves", async () => {
    await using given = await engines("a", "b", "c");
    const what = { flow: "main", name: "timer", count: 1 };
    const holders = given.places.map((each) => {
      const holder = new Holder();
      each.cluster.ownership.share(what, holder);
      return holder;
    });
    await eventually(() => holders.some(({ parts }) => parts.size === 1));
    const first = holders.findIndex(({ parts }) => parts.size === 1);
    const epoch = holders[first]?.parts.get(0)?.epoch ?? 0;
    await given.places[first]?.[Symbol.asyncDispose]();
    await eventually(() => holders.some(({ parts }, index) => index !== first && parts.size === 1));
    const second = holders.find(({ parts }, index) => index !== first && parts.size === 1);
    expect(second?.parts.get(0)?.epoch).toBe(epoch + 1);
  });

  test("many parts are balanced, also when engines come and go", async () => {
    await using given = await engines("a", "b");
    const what = { flow: "main", name: "partitions", count: 8 };
    const holders = new Map<Place, Holder>();
    const join = (each: Place) => {
      const holder = new Holder();
      holders.set(each, holder);
      each.cluster.ownership.share(what, holder);
    };
    given.places.forEach(join);
    const sizes = () => [...holders.values()].map(({ parts }) => parts.size).sort();
    await eventually(() => sizes().join() === "4,4");
    const c = await place(redis.url, "c", { namespace: given.namespace });
    join(c);
    await eventually(() => sizes().join() === "2,3,3");
    const held = [...holders.values()].flatMap(({ parts }) => [...parts.keys()]).sort();
    expect(held).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await c[Symbol.asyncDispose]();
    holders.delete(c);
    await eventually(() => sizes().join() === "4,4");
    const lost = [...holders.values()].flatMap(({ history }) => history.filter((line) => /^lost/.test(line)));
    expect(lost).toEqual([]); // every move was a planned one
  });

  test("those who asked no longer get nothing", async () => {
    await using given = await engines("a", "b");
    const [a, b] = given.places as [Place, Place];
    const what = { flow: "main", name: "shards", count: 4 };
    const [ofA, ofB] = [new Holder(), new Holder()];
    const shareOfA = a.cluster.ownership.share(what, ofA);
    await using _ = b.cluster.ownership.share(what, ofB);
    await eventually(() => ofA.parts.size === 2 && ofB.parts.size === 2);
    await shareOfA[Symbol.asyncDispose]();
    await eventually(() => ofB.parts.size === 4);
  });

  test("says which engine holds a part", async () => {
    await using given = await engines("a", "b");
    const [a, b] = given.places as [Place, Place];
    const what = { flow: "main", name: "timer", count: 1 };
    expect(await a.cluster.ownership.holderOf(what, 0)).toBeUndefined();
    const holder = new Holder();
    await using _ = b.cluster.ownership.share(what, holder);
    await eventually(() => holder.parts.size === 1);
    expect(await a.cluster.ownership.holderOf(what, 0)).toBe("b");
  });
});

describe("a Redis that forgets", () => {
  test("its last moments: what was taken in them is taken again, and the old epoch is worth nothing", async () => {
    await using given = await engines("a");
    const [a] = given.places as [Place];
    const what = { flow: "main", name: "timer", count: 1 };
    const holder = new Holder();
    await using _ = a.cluster.ownership.share(what, holder);
    await eventually(() => holder.parts.size === 1);
    const lease = { flow: "main", name: "share/timer/0" };
    // As after a failover to a replica that had not yet heard of the take: somebody of before has it.
    await a.backend.leases.release(`a:${a.cluster.bootId}`, lease, 1);
    await a.backend.leases.take(lease, "old:1", { owner: "", epoch: 1, beat: 0 });
    await eventually(() => holder.history.length === 3);
    expect(holder.history).toEqual(["gained 0 in 1", "lost 0", "gained 0 in 3"]);
  });

  test("everything: when a person has accepted that, the engines share out anew what they had", async () => {
    await using own = await RedisServer.start();
    await using a = await place(own.url, "a", { leaseMs: 1000 });
    const holder = new Holder();
    await using _ = a.cluster.ownership.share({ flow: "main", name: "timer", count: 1 }, holder);
    await eventually(() => holder.parts.size === 1);
    await own.command("FLUSHALL");
    await eventually(() => a.backend.health().emptied === true);
    expect(a.losses()).toBe(0);
    await a.backend.accept(async () => undefined);
    await eventually(() => holder.history.length === 3);
    expect(holder.history).toEqual(["gained 0 in 1", "lost 0", "gained 0 in 1"]);
    expect([a.losses(), names(a)]).toEqual([0, ["a"]]);
  });
});
