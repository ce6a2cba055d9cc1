// Addresses of Redis.
import { expect, test } from "vitest";
import { parseRedisAddress } from "../../../engine/backend/redis/address.ts";

test("reads host, port, login, database and TLS", () => {
  expect(parseRedisAddress("redis://localhost").options).toEqual({ host: "localhost", port: 6379, db: 0 });
  expect(parseRedisAddress("redis://ada:p%40ss@[::1]:7000/3").options).toEqual({
    host: "::1",
    port: 7000,
    db: 3,
    username: "ada",
    password: "p@ss",
  });
  expect(parseRedisAddress("rediss://cache.example:6380").options).toEqual({
    host: "cache.example",
    port: 6380,
    db: 0,
    tls: {},
  });
});

test("never shows a password", () => {
  expect(parseRedisAddress("redis://ada:secret@localhost:7000/3").shown).toBe(
    "redis://ada:…@localhost:7000/3",
  );
  for (const broken of [
    "redis://:secret@host:99999",
    "http://ada:secret@host",
    "redis://:secret@host/x",
    "ada:secret@host",
  ]) {
    expect(() => parseRedisAddress(broken)).toThrow(
      expect.objectContaining({ code: "backend/redis-url-invalid" }),
    );
    expect(() => parseRedisAddress(broken)).toThrow(expect.not.stringContaining("secret"));
  }
});

test("reads Sentinels with the name of the master, and nodes of a cluster", () => {
  const sentinel = parseRedisAddress("redis-sentinel://ada:p%3Aw@one:1,two/main/2?sentinel-password=x%26y");
  expect(sentinel.kind).toBe("sentinel");
  expect(sentinel.shown).toBe("redis-sentinel://ada:…@one:1,two/main/2?sentinel-password=…");
  expect(sentinel.options).toEqual({
    sentinels: [
      { host: "one", port: 1 },
      { host: "two", port: 26_379 },
    ],
    name: "main",
    role: "master",
    db: 2,
    username: "ada",
    password: "p:w",
    sentinelPassword: "x&y",
  });
  const cluster = parseRedisAddress("rediss-cluster://:secret@one:1,[::2]:3");
  expect(cluster).toEqual({
    kind: "cluster",
    shown: "rediss-cluster://:…@one:1,[::2]:3",
    hasPassword: true,
    hosts: [
      { host: "one", port: 1 },
      { host: "::2", port: 3 },
    ],
    options: { password: "secret", tls: {} },
  });
});

test("says what is wrong with an address", () => {
  const reasons = {
    "redis://one,two": /several hosts need/,
    "redis-sentinel://one": /does not name the master/,
    "redis-sentinel://one/main/x": /database "x"/,
    "redis-sentinel://one/main?password=1": /"password" is not known/,
    "redis-cluster://one/3": /no databases/,
    "redis-cluster://one,,two": /names no host/,
    "redis-cluster://one:70000": /port "70000"/,
    "redis://one?x=1": /no parameters/,
    "redis-sentinels://one": /is none of/,
  };
  for (const [address, reason] of Object.entries(reasons)) {
    expect(() => parseRedisAddress(address), address).toThrow(reason);
  }
});
