// What a topic's durability asks of Redis: refused when it cannot be kept, waited for when it can.
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { all, bytes, openTestRedis, reader, readNow, settle, someTopic } from "../backend/given.ts";

const unavailable = (reason: RegExp) =>
  expect.objectContaining({
    code: "backend/durability-unavailable",
    message: expect.stringMatching(reason),
  });

/** How often it was asked to wait for a replica, and has answered. */
async function waits(master: RedisServer): Promise<number> {
  return Number(/cmdstat_wait:calls=(\d+)/.exec(await master.command("INFO", "commandstats"))?.[1] ?? 0);
}

test("a synced topic is refused unless Redis writes to its disk before it answers", async () => {
  await using server = await RedisServer.start({ settings: { appendonly: "yes" } });
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  const asking = () => backend.streams.requireDurability(stream, "synced");
  await expect(asking()).rejects.toEqual(unavailable(/appendfsync is "everysec"/));
  await server.command("CONFIG", "SET", "appendfsync", "always");
  await asking();
  await server.command("CONFIG", "SET", "no-appendfsync-on-rewrite", "yes");
  await expect(asking()).rejects.toEqual(unavailable(/no-appendfsync-on-rewrite/));
  await server.command("CONFIG", "SET", "appendonly", "no");
  await expect(asking()).rejects.toEqual(unavailable(/appendonly/));
});

test("a synced message survives a crash of Redis, and one that is not synced any more waits", async () => {
  const settings = { appendonly: "yes", appendfsync: "always" };
  await using server = await RedisServer.start({ settings });
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  const durability = "synced" as const;
  await backend.streams.requireDurability(stream, durability);
  await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")], { durability });
  await server.kill();
  await server.restart();
  await eventually(() => backend.health().up);
  expect(await all(backend, stream)).toEqual(["a"]);
  await server.command("CONFIG", "SET", "appendfsync", "no");
  await eventually(() => /"synced" cannot be kept/.test(backend.health().text));
  const publishing = backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b")], { durability });
  await server.command("CONFIG", "SET", "appendfsync", "always");
  await publishing;
  expect(await all(backend, stream)).toEqual(["a", "b"]);
});

test("a replicated topic is refused without a replica", async () => {
  await using server = await RedisServer.start();
  await using backend = await openTestRedis(server.url);
  await expect(backend.streams.requireDurability(someTopic(), "replicated")).rejects.toEqual(
    unavailable(/no replica follows/),
  );
});

test("a replicated message waits for a replica that hangs, is there once, and holds up nobody else", async () => {
  await using master = await RedisServer.start({ settings: { "repl-diskless-sync-delay": "0" } });
  await using replica = await RedisServer.start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
  await eventually(async () => (await master.command("INFO", "replication")).includes("state=online"));
  await using backend = await openTestRedis(master.url);
  const stream = someTopic();
  const output = { ...stream, topic: "out" };
  const mine = reader(stream);
  const durability = "replicated" as const;
  await backend.streams.requireDurability(stream, durability);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")], { durability });
  const [entry] = await readNow(backend, mine);
  replica.pause();
  let confirmed = 0;
  const publishing = backend.streams
    .publish(stream, { id: "p", sequence: 1 }, [bytes("b")], { durability })
    .then(() => confirmed++);
  const effects = [{ kind: "append" as const, stream: output, body: bytes("out"), durability }];
  const committing = backend.streams.commit([settle(mine, entry?.id ?? "", effects)]).then(() => confirmed++);
  await eventually(() => /No replica of Redis confirms/.test(backend.health().text));
  await backend.streams.publish({ ...stream, topic: "written" }, { id: "p", sequence: 0 }, [bytes("w")]);
  // Asked again and again: neither a later question nor one without a new write may be answered too early.
  const before = await waits(master);
  await eventually(async () => (await waits(master)) >= before + 4);
  expect(confirmed).toBe(0);
  replica.resume();
  await Promise.all([publishing, committing]);
  expect(await all(backend, stream)).toEqual(["a", "b"]);
  expect(await all(backend, output)).toEqual(["out"]);
  await eventually(() => backend.health().up);
});
