// The Redis backend keeps the contract, on a real Redis.
import { afterAll, beforeAll } from "vitest";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { backendContract } from "./suite.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });
let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

backendContract("redis", () => openRedis({ url: server.url, namespace: "mr", engineId: "test", logger }));
