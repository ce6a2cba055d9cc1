// A Redis that comes back without its data is not written until a person decides.
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { RedisServer } from "../../support/redis-server.ts";
import {
  all,
  bodies,
  bytes,
  listeningLogger,
  openTestRedis,
  reader,
  readNow,
  settle,
  someTopic,
} from "../backend/given.ts";

const emptied = expect.objectContaining({ code: "backend/redis-emptied" });
const revision = { time: 1, author: "Ada", note: "", content: "hash", bundle: "{}" };

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "millrace-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function openWith(url: string, folder: string, acceptEmpty = false) {
  const { logger } = listeningLogger();
  return openRedis({ url, namespace: "mr", engineId: "test", logger, folder, acceptEmpty });
}

test("publishing and deploying are refused after FLUSHALL, until it is accepted; then other engines follow", async () => {
  await using server = await RedisServer.start();
  await using one = await openTestRedis(server.url);
  await using two = await openTestRedis(server.url);
  const stream = someTopic();
  const mine = reader(stream);
  await one.revisions.append("main", 0, revision);
  await one.streams.ensureGroup(stream, mine.group, "new");
  await one.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  const [entry] = await readNow(one, mine);
  await server.command("FLUSHALL");
  // Nobody takes it for a Redis where all flows were removed, not even in the same moment.
  await expect(one.revisions.flows()).rejects.toEqual(emptied);
  await eventually(() => one.health().emptied === true && two.health().emptied === true);
  expect(one.health()).toEqual({
    up: false,
    emptied: true,
    text: expect.stringMatching(/does not hold the data/),
  });
  const publishing = (backend: typeof one) =>
    backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b")]);
  await expect(publishing(one)).rejects.toEqual(emptied);
  await expect(one.revisions.append("main", 1, revision)).rejects.toEqual(emptied);
  await expect(one.streams.ensureGroup(stream, mine.group, "new")).rejects.toEqual(emptied);
  const committing = one.streams.commit([settle(mine, entry?.id ?? "")]);
  expect(await readNow(one, mine)).toEqual([]);
  expect(await server.command("KEYS", "*")).toBe("*0\r\n");
  await one.accept(async () => {
    expect(two.health().up).toBe(false);
    expect(await one.revisions.append("main", 7, revision, { restore: true })).toBe(8);
  });
  expect(one.health().up).toBe(true);
  await eventually(() => two.health().up);
  expect(await committing).toEqual([false]);
  await publishing(two);
  expect(await two.revisions.flows()).toEqual(["main"]);
  expect(bodies(await readNow(one, mine))).toEqual(["b"]);
});

test("a Redis that lost its disk is noticed before anything is sent to it, and goes on with a backup", async () => {
  await using server = await RedisServer.start({ settings: { appendonly: "no", dbfilename: "kept.rdb" } });
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await server.command("SAVE");
  await server.kill();
  const file = join(server.folder, "kept.rdb");
  renameSync(file, `${file}.backup`);
  const waiting = backend.state.set("global", "k", bytes("v"));
  await server.restart();
  await eventually(() => backend.health().emptied === true);
  expect(await server.command("KEYS", "*")).toBe("*0\r\n");
  await server.kill();
  renameSync(`${file}.backup`, file);
  await server.restart();
  await waiting;
  await backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b")]);
  expect(await all(backend, stream)).toEqual(["a", "b"]);
});

test("an engine remembers over its restarts; a new engine takes an empty Redis as it is", async () => {
  using mine = temporaryFolder();
  using other = temporaryFolder();
  await using server = await RedisServer.start();
  await (await openWith(server.url, mine.folder))[Symbol.asyncDispose]();
  await (await openWith(server.url, mine.folder))[Symbol.asyncDispose]();
  await server.command("FLUSHALL");
  await expect(openWith(server.url, mine.folder)).rejects.toEqual(emptied);
  await (await openWith(server.url, other.folder))[Symbol.asyncDispose]();
  await expect(openWith(server.url, mine.folder)).rejects.toEqual(emptied);
  await (await openWith(server.url, mine.folder, true))[Symbol.asyncDispose]();
  await using backend = await openWith(server.url, mine.folder);
  expect(backend.health().up).toBe(true);
});

test("one master of a cluster that was emptied is enough", async () => {
  await using cluster = await RedisCluster.start({ replicas: false });
  await using backend = await openTestRedis(cluster.url);
  await cluster.nodes[1]?.command("FLUSHALL");
  await eventually(() => backend.health().emptied === true);
  await backend.accept(async () => undefined);
  expect(backend.health().up).toBe(true);
});
