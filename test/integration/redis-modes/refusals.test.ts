// Redis that says "not now" for reasons of its own: work waits, says for what, and is done once.
import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import {
  all,
  bytes,
  numbers,
  openTestRedis,
  publishNumbers,
  reader,
  readNow,
  settle,
  someTopic,
} from "../backend/given.ts";

test("MISCONF: a disk that cannot be written holds up publishing and commits until it can", async () => {
  await using server = await RedisServer.start({ settings: { "enable-protected-configs": "yes" } });
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  const { ids } = await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await readNow(backend, mine);
  await server.command("CONFIG", "SET", "save", "900 1", "stop-writes-on-bgsave-error", "yes");
  rmSync(server.folder, { recursive: true });
  await server.command("BGSAVE");
  await eventually(async () => (await server.command("INFO")).includes("rdb_last_bgsave_status:err"));
  const output = { ...stream, topic: "out" };
  const many = { ...stream, topic: "many" };
  const effects = [{ kind: "append" as const, stream: output, body: bytes("out") }];
  const working = Promise.all([
    backend.streams.commit([settle(mine, ids[0] ?? "", effects)]),
    publishNumbers(backend, many, 200),
  ]);
  await eventually(() => !backend.health().up);
  expect(backend.health().text).toMatch(/cannot write to its disk/);
  mkdirSync(server.folder);
  // The old folder is gone for the running server: it is told of the new one.
  await server.command("CONFIG", "SET", "dir", server.folder);
  await server.command("BGSAVE");
  expect((await working)[0]).toEqual([true]);
  await eventually(() => backend.health().up);
  expect(await all(backend, output)).toEqual(["out"]);
  expect(await all(backend, many)).toEqual(numbers(200));
});

test("LOADING: a restart with much data is waited for, and publishing goes on behind it", async () => {
  const settings = {
    appendonly: "yes",
    "key-load-delay": "2000",
    "loading-process-events-interval-bytes": "1024",
  };
  await using server = await RedisServer.start({ settings });
  await using backend = await openTestRedis(server.url);
  const keys = Array.from({ length: 500 }, (_, index) => [`filler-${index}`, "x".repeat(100)]);
  await server.command("MSET", ...keys.flat());
  await server.command("BGREWRITEAOF");
  await eventually(async () => (await server.command("INFO")).includes("aof_rewrite_in_progress:0"));
  const stream = someTopic();
  await publishNumbers(backend, stream, 10);
  await server.command("CONFIG", "SET", "appendfsync", "always");
  await server.kill();
  const restarting = server.restart();
  const publishing = backend.streams.publish(stream, { id: "numbers", sequence: 10 }, [bytes("10")]);
  await eventually(() => /loading its data/.test(backend.health().text));
  await Promise.all([restarting, publishing]);
  expect(await all(backend, stream)).toEqual(numbers(11));
});

test("READONLY: a master that was made a replica is not written to, and is again when it is master again", async () => {
  await using server = await RedisServer.start();
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await server.command("REPLICAOF", "127.0.0.1", "1");
  const publishing = backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b")]);
  await eventually(() => /read-only replica/.test(backend.health().text));
  await server.command("REPLICAOF", "NO", "ONE");
  await publishing;
  expect(await all(backend, stream)).toEqual(["a", "b"]);
  await eventually(() => backend.health().up);
});
