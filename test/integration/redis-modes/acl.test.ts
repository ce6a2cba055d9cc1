// The smallest Redis user: the line of docs/redis.md, as it stands there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RedisServer } from "../../support/redis-server.ts";
import { openTestRedis } from "../backend/given.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/redis.md"), "utf8");

/** The arguments of the first ACL SETUSER line of the page, less the name. */
export function documentedRules(): string[] {
  const [, rules = ""] = /^ACL SETUSER millrace (.*)$/m.exec(page) ?? [];
  return rules.replaceAll("\\\n", " ").split(/\s+/);
}

test("without the right to read settings the engine starts, and says what it could not check", async () => {
  await using server = await RedisServer.start({ settings: { appendonly: "yes" } });
  const rules = documentedRules().filter((rule) => rule !== "+config|get");
  expect(await server.command("ACL", "SETUSER", "millrace", ...rules)).toBe("+OK\r\n");
  await using backend = await openTestRedis(`redis://millrace:PASSWORD@127.0.0.1:${server.port}`);
  expect(backend.warnings).toEqual([expect.stringMatching(/may not read the settings/)]);
  await expect(backend.streams.requireDurability({ flow: "a", topic: "b" }, "synced")).rejects.toThrow(
    /may not read appendfsync/,
  );
});

test("a user that lacks a right is told which one", async () => {
  await using server = await RedisServer.start();
  const rules = documentedRules().filter((rule) => rule !== "+function|load");
  await server.command("ACL", "SETUSER", "millrace", ...rules);
  await expect(openTestRedis(`redis://millrace:PASSWORD@127.0.0.1:${server.port}`)).rejects.toThrow(
    /lacks a permission.*function\|load/,
  );
});
