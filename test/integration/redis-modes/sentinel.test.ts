// Redis behind Sentinels: the master dies or is made a replica, and work goes on with the new one.
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { RedisSentinels } from "../../support/redis-sentinel.ts";
import { all, numbers, openTestRedis, publishNumbers, reader, someTopic, workOff } from "../backend/given.ts";

let sentinels: RedisSentinels;

beforeAll(async () => {
  sentinels = await RedisSentinels.start();
});
afterAll(() => sentinels[Symbol.asyncDispose]());

test("a master that the Sentinels do not know is refused with its name", async () => {
  const unknown = sentinels.url.replace(/\/main$/, "/other");
  await expect(openTestRedis(unknown)).rejects.toEqual(
    expect.objectContaining({ code: "backend/redis-master-unknown" }),
  );
});

test("a failover loses nothing that was acknowledged as replicated, and does nothing twice", async () => {
  await using backend = await openTestRedis(sentinels.url);
  const stream = someTopic();
  const output = { ...stream, topic: "out" };
  const mine = reader(stream);
  const durability = "replicated" as const;
  await backend.streams.requireDurability(stream, durability);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  const publishing = publishNumbers(backend, stream, 1000, 4, { durability });
  const working = workOff(backend, mine, output, 1000, { durability });
  await eventually(async () => (await backend.streams.info(output)).length > 200);
  const [master, replica] = sentinels.servers;
  await master?.kill();
  await eventually(() => !backend.health().up);
  await eventually(async () => (await sentinels.masterPort()) === replica?.port);
  // Without a replica of its own the new master confirms nothing: the old one comes back as that.
  await master?.restart();
  await Promise.all([publishing, working]);
  expect((await all(backend, stream)).sort()).toEqual(numbers(1000).sort());
  expect((await all(backend, output)).sort()).toEqual(numbers(1000).sort());
  await eventually(() => backend.health().up);
});
