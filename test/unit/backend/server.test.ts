// What a server says about itself.
import { expect, test } from "vitest";
import {
  isNewEnough,
  readServerFacts,
  type ServerFacts,
  settingWarnings,
  whyNotReplicated,
  whyNotSynced,
} from "../../../engine/backend/redis/server.ts";

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
    appendOnly: false,
    eviction: "noeviction",
    replicas: 0,
  });
  const valkey =
    "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\nrole:master\r\nloading:0\r\n";
  expect(readServerFacts(valkey)).toEqual({
    product: "valkey",
    version: "8.1.0",
    redisVersion: "7.2.4",
    loading: false,
    replica: false,
    appendOnly: false,
    eviction: "noeviction",
    replicas: 0,
  });
});

const good: ServerFacts = {
  product: "redis",
  version: "7.0.15",
  redisVersion: "7.0.15",
  loading: false,
  replica: false,
  appendOnly: true,
  eviction: "noeviction",
  replicas: 1,
};
const careful = new Map([
  ["appendfsync", "everysec"],
  ["no-appendfsync-on-rewrite", "no"],
]);

test("warns of each setting that would lose data, and of nothing else", () => {
  const set = (name: string, value: string) => new Map([...careful, [name, value]]);
  expect(settingWarnings(good, careful)).toEqual([]);
  expect(settingWarnings({ ...good, eviction: "allkeys-lru" }, careful)).toEqual([
    expect.stringMatching(/maxmemory-policy is "allkeys-lru"/),
  ]);
  expect(settingWarnings({ ...good, appendOnly: false }, careful)).toEqual([
    expect.stringMatching(/appendonly is "no"/),
  ]);
  expect(settingWarnings(good, set("appendfsync", "no"))).toEqual([
    expect.stringMatching(/appendfsync is "no"/),
  ]);
  expect(settingWarnings(good, set("no-appendfsync-on-rewrite", "yes"))).toEqual([
    expect.stringMatching(/no-appendfsync-on-rewrite is "yes"/),
  ]);
  expect(settingWarnings(good, undefined)).toEqual([expect.stringMatching(/may not read the settings/)]);
});

test("says why a topic cannot be synced: by its log, by WAITAOF or else by its settings", () => {
  const always = new Map([...careful, ["appendfsync", "always"]]);
  const newer = { ...good, version: "7.2.0", redisVersion: "7.2.0" };
  expect(whyNotSynced(good, always)).toBeUndefined();
  expect(whyNotSynced(newer, undefined)).toBeUndefined();
  expect(whyNotSynced({ ...newer, appendOnly: false }, always)).toMatch(/appendonly/);
  expect(whyNotSynced(good, careful)).toMatch(/appendfsync is "everysec"/);
  expect(whyNotSynced(good, undefined)).toMatch(/may not read/);
  expect(whyNotSynced(good, new Map([...always, ["no-appendfsync-on-rewrite", "yes"]]))).toMatch(/rewrite/);
});

test("says why a topic cannot be replicated: there is no replica", () => {
  expect(whyNotReplicated(good)).toBeUndefined();
  expect(whyNotReplicated({ ...good, replicas: 0 })).toMatch(/no replica/);
});
