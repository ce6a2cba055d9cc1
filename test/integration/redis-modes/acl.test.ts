// A Redis user with fewer rights: what it may not do is said.
import { expect, test } from "vitest";
import { RedisServer } from "../../support/redis-server.ts";
import { documentedRedisUser } from "../../support/redis-user.ts";
import { openTestRedis } from "../backend/given.ts";

test("without the right to read settings the engine starts, and says what it could not check", async () => {
  await using server = await RedisServer.start({ settings: { appendonly: "yes" } });
  const rules = documentedRedisUser().filter((rule) => rule !== "+config|get");
  expect(await server.command("ACL", "SETUSER", "millrace", ...rules)).toBe("+OK\r\n");
  await using backend = await openTestRedis(`redis://millrace:PASSWORD@127.0.0.1:${server.port}`);
  expect(backend.warnings).toEqual([expect.stringMatching(/may not read the settings/)]);
  await expect(backend.streams.requireDurability({ flow: "a", topic: "b" }, "synced")).rejects.toThrow(
    /may not read appendfsync/,
  );
});

test("a user that lacks a right is told which one", async () => {
  await using server = await RedisServer.start();
  const rules = documentedRedisUser().filter((rule) => rule !== "+function|load");
  await server.command("ACL", "SETUSER", "millrace", ...rules);
  await expect(openTestRedis(`redis://millrace:PASSWORD@127.0.0.1:${server.port}`)).rejects.toThrow(
    /lacks a permission.*function\|load/,
  );
});
