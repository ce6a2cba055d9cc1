// Redis Cluster: masters die, functions vanish, commits reach over several slots.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Backend, Effect, TopicAddress } from "../../../engine/backend/backend.ts";
import { slotOf } from "../../../engine/backend/redis/slot.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import {
  all,
  bodies,
  bytes,
  numbers,
  openTestRedis,
  pendingOf,
  publishNumbers,
  reader,
  readNow,
  settle,
  someTopic,
  text,
  workOff,
} from "../backend/given.ts";

let cluster: RedisCluster;
let backend: Backend;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  backend = await openTestRedis(cluster.url);
});
afterAll(async () => {
  try {
    await backend[Symbol.asyncDispose]();
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

/** A shared topic that is on another master than the flow. */
async function elsewhereThan(stream: TopicAddress): Promise<TopicAddress> {
  const home = await cluster.masterOf(`mr:{${stream.flow}}:`);
  for (let number = 0; ; number++) {
    const topic = `/shared-${stream.flow}-${number}`;
    if ((await cluster.masterOf(topic)) !== home) return { flow: undefined, topic };
  }
}

async function readOne(stream: TopicAddress) {
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "start");
  const { ids } = await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("in")]);
  await readNow(backend, mine);
  return { mine, id: ids[0] ?? "" };
}

test("the functions come back on every master after FUNCTION FLUSH, and nobody notices", async () => {
  for (const node of cluster.nodes) await node.command("FUNCTION", "FLUSH");
  const streams = Array.from({ length: 12 }, () => someTopic());
  expect(new Set(streams.map(({ flow }) => slotOf(flow))).size).toBeGreaterThan(6);
  await Promise.all(
    streams.map((stream) => backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")])),
  );
  for (const stream of streams) expect(await all(backend, stream)).toEqual(["a"]);
});

test("effects in other slots are applied once, also when the commit is repeated by another reader", async () => {
  const stream = someTopic();
  const shared = await elsewhereThan(stream);
  const { mine, id } = await readOne(stream);
  const effects: Effect[] = [
    { kind: "append", stream: { ...stream, topic: "out" }, body: bytes("private") },
    { kind: "append", stream: shared, body: bytes("shared") },
    { kind: "append", stream: shared, body: bytes("and again") },
    { kind: "state", scope: "global", key: stream.flow, value: bytes("seen") },
    { kind: "state", scope: `flow:${stream.flow}`, key: "k", value: bytes("own") },
  ];
  const other = reader(stream, "engine-b:1");
  await backend.streams.claim(other, "engine-a:", 10);
  // The first owner comes too late: its effects elsewhere were applied, the others were not.
  expect(await backend.streams.commit([settle(mine, id, effects)])).toEqual([false]);
  expect(await all(backend, { ...stream, topic: "out" })).toEqual([]);
  expect(await backend.streams.commit([settle(other, id, effects)])).toEqual([true]);
  expect(await all(backend, { ...stream, topic: "out" })).toEqual(["private"]);
  expect(await all(backend, shared)).toEqual(["shared", "and again"]);
  expect(text(await backend.state.get("global", stream.flow))).toBe("seen");
  expect(text(await backend.state.get(`flow:${stream.flow}`, "k"))).toBe("own");
});

test("inputs of a shared topic cause effects in the slot of the flow, and joined inputs settle together", async () => {
  const stream = someTopic();
  const shared = await elsewhereThan(stream);
  const one = await readOne(stream);
  const two = await readOne(shared);
  const output = { ...stream, topic: "out" };
  const commit = {
    inputs: [
      { subscription: two.mine, id: two.id },
      { subscription: one.mine, id: one.id },
    ],
    effects: [{ kind: "append" as const, stream: output, body: bytes("joined") }],
  };
  expect(await backend.streams.commit([commit])).toEqual([true]);
  expect(await all(backend, output)).toEqual(["joined"]);
  expect(await pendingOf(backend, one.mine)).toEqual([]);
  expect(await pendingOf(backend, two.mine)).toEqual([]);
});

test("an expected value in another slot refuses the whole commit when it is another", async () => {
  const stream = someTopic();
  const { mine, id } = await readOne(stream);
  await backend.state.set("global", `g-${stream.flow}`, bytes("1"));
  const effect = (expected: string, value: string): Effect => ({
    kind: "state",
    scope: "global",
    key: `g-${stream.flow}`,
    value: bytes(value),
    expected: bytes(expected),
  });
  expect(await backend.streams.commit([settle(mine, id, [effect("0", "2")])])).toEqual([false]);
  expect(bodies(await pendingOf(backend, mine))).toEqual(["in"]);
  expect(await backend.streams.commit([settle(mine, id, [effect("1", "2")])])).toEqual([true]);
  expect(text(await backend.state.get("global", `g-${stream.flow}`))).toBe("2");
});

test("a lease in another slot fences publishes and commits", async () => {
  const stream = someTopic();
  const shared = await elsewhereThan(stream);
  const lease = { flow: stream.flow, name: "node" };
  const free = { owner: "", epoch: 0, beat: 0 };
  const { epoch } = await backend.leases.take(lease, "engine-a", free);
  const producer = { id: "p", sequence: 0, fence: { lease, epoch } };
  await backend.streams.publish(shared, producer, [bytes("a")]);
  const past = { ...producer, sequence: 1, fence: { lease, epoch: epoch - 1 } };
  await expect(backend.streams.publish(shared, past, [bytes("b")])).rejects.toEqual(
    expect.objectContaining({ code: "backend/fenced" }),
  );
  expect(await all(backend, shared)).toEqual(["a"]);
});

test("a slot that moves to another master takes its work along: nothing is lost, nothing happens twice", async () => {
  const stream = someTopic();
  const output = { ...stream, topic: "out" };
  const mine = reader(stream);
  const key = `mr:{${stream.flow}}:`;
  const from = await cluster.masterOf(key);
  const [to] = cluster.nodes.slice(0, 3).filter((node) => node !== from);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  for (const durability of ["written", "replicated"] as const) {
    const publishing = publishNumbers(backend, { ...stream, topic: durability }, 500, 2, { durability });
    await cluster.move(key, durability === "written" ? (to ?? from) : from);
    await publishing;
    expect(await all(backend, { ...stream, topic: durability })).toEqual(numbers(500));
  }
  const working = workOff(backend, mine, output, 500);
  const publishing = publishNumbers(backend, stream, 500, 2);
  await cluster.move(key, to ?? from);
  await Promise.all([publishing, working]);
  expect(await all(backend, stream)).toEqual(numbers(500));
  expect((await all(backend, output)).sort()).toEqual(numbers(500).sort());
});

test("when a master dies, nothing acknowledged as replicated is lost, and each input takes effect once", async () => {
  const stream = someTopic();
  const output = { ...stream, topic: "out" };
  const bystander = await elsewhereThan(stream);
  const mine = reader(stream);
  const durability = "replicated" as const;
  await backend.streams.requireDurability(stream, durability);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  const heard: string[] = [];
  await using _ = await backend.channels.subscribe(bystander, (body) => heard.push(text(body) ?? ""));
  const publishing = publishNumbers(backend, stream, 1500, 4, { durability });
  const working = workOff(backend, mine, output, 1500, { durability });
  await eventually(async () => (await backend.streams.info(output)).length > 200);
  const master = await cluster.masterOf(`mr:{${stream.flow}}:`);
  await master.kill();
  await eventually(() => !backend.health().up);
  // Its replica takes over, and has none itself: what asks for less goes on, "replicated" waits and says for what.
  const written = { ...stream, topic: "written" };
  await backend.streams.publish(written, { id: "p", sequence: 0 }, [bytes("a")]);
  await eventually(() => /No replica of Redis confirms/.test(backend.health().text));
  await master.restart();
  await Promise.all([publishing, working]);
  expect((await all(backend, stream)).sort()).toEqual(numbers(1500).sort());
  expect((await all(backend, output)).sort()).toEqual(numbers(1500).sort());
  await eventually(async () => {
    await backend.channels.publish(bystander, bytes("still here")).catch(() => undefined);
    return heard.length > 0;
  });
  await eventually(() => backend.health().up);
});
