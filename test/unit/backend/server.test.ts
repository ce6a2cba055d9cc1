// What a server says about itself.
import { expect, test } from "vitest";
import { isNewEnough, readServerFacts, settingWarnings } from "../../../engine/backend/redis/server.ts";

test("takes Redis from 7.0 on, and nothing whose version it cannot read", () => {
  const versions = ["6.2.14", "6.9", "7.0.0", "7.0", "7.2.4", "8.4.1", "10.0.0", "255.255.255", "", "seven"];
  expect(versions.filter((version) => isNewEnough(version))).toEqual([
    "7.0.0",
    "7.0",
    "7.2.4",
    "8.4.1",
    "10.0.0",
    "255.255.255",
  ]);
});

test("reads version, role and state from INFO, of Redis and of Valkey", () => {
  const redis =
    "# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n# Persistence\r\nloading:1\r\nrole:slave\r\n";
  expect(readServerFacts(redis)).toEqual({
    product: "redis",
    version: "7.0.15",
    redisVersion: "7.0.15",
    loading: true,
    replica: true,
  });
  const valkey =
    "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\nrole:master\r\nloading:0\r\n";
  expect(readServerFacts(valkey)).toEqual({
    product: "valkey",
    version: "8.1.0",
    redisVersion: "7.2.4",
    loading: false,
    replica: false,
  });
});

test("warns of each setting that would lose data, and of nothing else", () => {
  const warn = (settings: Record<string, string>) => settingWarnings(new Map(Object.entries(settings)));
  const good = {
    "maxmemory-policy": "noeviction",
    appendonly: "yes",
    appendfsync: "everysec",
    "no-appendfsync-on-rewrite": "no",
  };
  expect(warn(good)).toEqual([]);
  expect(warn({})).toEqual([]);
  expect(warn({ ...good, "maxmemory-policy": "allkeys-lru" })[0]).toMatch(
    /maxmemory-policy is "allkeys-lru"/,
  );
  expect(warn({ ...good, appendonly: "no" })).toEqual([expect.stringMatching(/appendonly is "no"/)]);
  expect(warn({ ...good, appendfsync: "no" })).toEqual([expect.stringMatching(/appendfsync is "no"/)]);
  expect(warn({ ...good, "no-appendfsync-on-rewrite": "yes" })).toEqual([
    expect.stringMatching(/no-appendfsync-on-rewrite is "yes"/),
  ]);
});
