// What can be wrong with the place where topics and state live: the data folder, or Redis.
import { defineError } from "./error.ts";

export const backendClosed = defineError<Record<never, never>>({
  code: "backend/closed",
  status: 503,
  explain: "The engine is stopping: its backend takes no more calls. Ask again when the engine runs.",
  message: () => "The engine is stopping and takes no more work. Try again when it runs.",
});

export const folderInUse = defineError<{ folder: string }>({
  code: "backend/folder-in-use",
  explain:
    "Another engine has the data folder open; one folder serves one engine. Stop the other one, or give this one its own folder with --data. Engines that shall share work need --redis.",
  message: ({ folder }) =>
    `The data folder "${folder}" is in use by another engine. Stop that one, or start this one with another --data folder.`,
});

export const folderUnusable = defineError<{ folder: string; reason: string }>({
  code: "backend/folder-unusable",
  explain:
    "The data folder cannot be made or written. Check its permissions and the space on its disk, or name another folder with --data.",
  message: ({ folder, reason }) =>
    `The data folder "${folder}" cannot be used: ${reason}. Check its permissions, or name another folder with --data.`,
});

export const storageNewer = defineError<{ file: string; found: number; known: number }>({
  code: "backend/storage-newer",
  explain:
    "The database was written by a newer Millrace, in a format that this one does not know. Run the newer version, or use another data folder.",
  message: ({ file, found, known }) =>
    `"${file}" has storage format "${found}", and this Millrace knows formats up to "${known}". Run the newer version that wrote it, or name another folder with --data.`,
});

export const storageDamaged = defineError<{ file: string; reason: string }>({
  code: "backend/storage-damaged",
  explain:
    "The file is not a database, or was damaged. Move it aside (keep it, `sqlite3 file .recover` often saves its content) and start again, or restore a backup.",
  message: ({ file, reason }) =>
    `"${file}" cannot be read as a Millrace database: ${reason}. Move it aside or restore a backup, then start again.`,
});

export const storageFailed = defineError<{ file: string; reason: string }>({
  code: "backend/storage-failed",
  status: 503,
  explain:
    "SQLite could not write the database: most often the disk is full or went away. Nothing of the failed step was applied; it is tried again as soon as the cause is gone.",
  message: ({ file, reason }) =>
    `Writing "${file}" failed: ${reason}. Check the space on its disk; nothing of this step was applied.`,
});

export const entryIdInvalid = defineError<{ id: string }>({
  code: "backend/entry-id-invalid",
  status: 400,
  explain: "A place in a stream is `<milliseconds>-<number>`, or only `<milliseconds>`; `0` is the oldest.",
  message: ({ id }) =>
    `"${id}" is no place in a stream. Write it as "<milliseconds>-<number>", for example "1700000000000-0", or "0" for the oldest entry.`,
});

export const redisUrlInvalid = defineError<{ url: string; reason: string }>({
  code: "backend/redis-url-invalid",
  explain:
    "The address of Redis is not understood. It is `redis://[[user]:password@]host[:port][/database]`, `redis-sentinel://host,host/master` or `redis-cluster://host,host`; `rediss…` for TLS.",
  message: ({ url, reason }) =>
    `The Redis address "${url}" is not understood: ${reason}. Write it as "redis://user:password@host:6379/0", or with "rediss://" for TLS.`,
});

export const redisUnreachable = defineError<{ url: string; reason: string }>({
  code: "backend/redis-unreachable",
  explain:
    "No Redis answers at the address. Start it, or correct --redis (or REDIS_URL). Without --redis, the engine keeps its topics in its data folder and needs no server.",
  message: ({ url, reason }) =>
    `Redis at "${url}" cannot be reached: ${reason}. Start it or correct the address, or leave --redis away to run without Redis.`,
});

export const redisLoginMissing = defineError<{ url: string }>({
  code: "backend/redis-login-missing",
  explain: "Redis asks for a password, and the address has none. Put it in: `redis://:password@host`.",
  message: ({ url }) =>
    `Redis at "${url}" asks for a password. Put it into the address: "redis://:PASSWORD@host:port".`,
});

export const redisLoginRefused = defineError<{ url: string }>({
  code: "backend/redis-login-refused",
  explain:
    "Redis does not accept the user or password of the address. Compare them with `requirepass` or `ACL LIST`.",
  message: ({ url }) =>
    `Redis at "${url}" refuses the user or password. Correct them in the address; special characters are written as %XX.`,
});

export const redisPermissionMissing = defineError<{ url: string; reason: string }>({
  code: "backend/redis-permission-missing",
  explain:
    "The Redis user may not run a command that the engine needs. Grant it with `ACL SETUSER`; docs/redis.md lists the smallest set.",
  message: ({ url, reason }) =>
    `The user for Redis at "${url}" lacks a permission: ${reason}. Grant it with ACL SETUSER.`,
});

export const redisTooOld = defineError<{ url: string; version: string; needed: string }>({
  code: "backend/redis-too-old",
  explain: "The engine needs Redis Functions, which came with Redis 7.0 (Valkey has them in every version).",
  message: ({ url, version, needed }) =>
    `Redis at "${url}" has version "${version}", and the engine needs "${needed}" or newer. Update Redis, or use Valkey.`,
});

export const redisNotRedis = defineError<{ url: string; reason: string }>({
  code: "backend/redis-not-redis",
  explain:
    "Something answers at the address, but not in the language of Redis. Check host and port, and redis:// against rediss://.",
  message: ({ url, reason }) =>
    `What answers at "${url}" is no Redis: ${reason}. Check host and port, and whether it needs "rediss://".`,
});

export const redisReplica = defineError<{ url: string }>({
  code: "backend/redis-replica",
  explain: "The server is a read-only replica. Name its master, or its Sentinels.",
  message: ({ url }) => `Redis at "${url}" is a read-only replica. Name its master instead.`,
});

export const redisRefused = defineError<{ action: string; reason: string }>({
  code: "backend/redis-refused",
  explain: "Redis answered with an error that trying again does not cure. The sentence quotes it.",
  message: ({ action, reason }) => `Redis refused to ${action}: "${reason}". Nothing was tried again.`,
});

export const answerLost = defineError<{ action: string }>({
  code: "backend/answer-lost",
  status: 503,
  explain:
    "The connection broke between the question and the answer, and the step must not be done twice, so it was not tried again. Look whether it took effect.",
  message: ({ action }) =>
    `The connection to Redis broke while it was asked to ${action}; whether it did is not known. Look at the result before trying again.`,
});

export const fenced = defineError<{ lease: string; epoch: number }>({
  code: "backend/fenced",
  status: 409,
  explain:
    "What only one engine may do at a time has gone to another engine meanwhile, so what this one wanted to write was refused. Nothing is lost: the other engine goes on with it.",
  message: ({ lease, epoch }) =>
    `Lease "${lease}" is not in epoch ${epoch} any more: another engine has taken over, and nothing was written. That engine goes on with the work.`,
});

export const durabilityUnavailable = defineError<{ topic: string; durability: string; reason: string }>({
  code: "backend/durability-unavailable",
  status: 422,
  explain:
    "The topic asks for more durability than its backend can promise as it is set up now. Change the backend's settings (docs/redis.md says which), or the topic's durability.",
  message: ({ topic, durability, reason }) =>
    `Topic "${topic}" asks for durability "${durability}", which cannot be kept: ${reason}. Change that, or the durability of the topic.`,
});

export const redisEmptied = defineError<{ url: string }>({
  code: "backend/redis-emptied",
  status: 503,
  explain:
    "Redis no longer holds the data that this engine worked with: it was emptied, lost its disk, or is another one. So that nothing is overwritten, nothing is written until a person decides: restore a backup, or accept it as it is with `POST /api/backend/accept`, or at start with --accept-empty-redis.",
  message: ({ url }) =>
    `Redis at "${url}" does not hold the data that this engine knows: it was emptied, or is another one. Restore its data, or accept it as it is (POST /api/backend/accept, or --accept-empty-redis at start).`,
});

export const redisMasterUnknown = defineError<{ url: string }>({
  code: "backend/redis-master-unknown",
  explain:
    "The Sentinels answer, but do not know a master of that name. The name stands in the path of the address: `redis-sentinel://host:26379/mymaster`.",
  message: ({ url }) =>
    `The Sentinels of "${url}" know no master by that name. Correct the name in the address; "SENTINEL MASTERS" lists them.`,
});
