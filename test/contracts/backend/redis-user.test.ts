// The Redis backend keeps the contract with no more rights than docs/redis.md asks for.
import { afterAll, beforeAll } from "vitest";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { documentedRedisUser } from "../../support/redis-user.ts";
import { backendContract } from "./suite.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });
let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
  await server.command("ACL", "SETUSER", "millrace", ...documentedRedisUser());
});
afterAll(() => server[Symbol.asyncDispose]());

backendContract("redis (as the smallest user)", () =>
  openRedis({
    url: `redis://millrace:PASSWORD@127.0.0.1:${server.port}`,
    namespace: "mr",
    engineId: "test",
    logger,
  }),
);
