// The Redis backend keeps the contract on a Redis Cluster, too.
import { afterAll, beforeAll } from "vitest";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { backendContract } from "./suite.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });
let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await RedisCluster.start({ replicas: false });
}, 30_000);
afterAll(() => cluster[Symbol.asyncDispose]());

backendContract("redis cluster", () =>
  openRedis({ url: cluster.url, namespace: "mr", engineId: "test", logger }),
);
