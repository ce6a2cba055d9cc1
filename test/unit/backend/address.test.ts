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
