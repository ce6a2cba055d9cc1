import { afterAll, beforeAll } from "vitest";
import { openBackend } from "../../../engine/backend/index.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { runtimeContract } from "./suite.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });
let server: RedisServer;
let opened = 0;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = () =>
  openBackend({
    folder: ":memory:",
    logger,
    redis: server.url,
    namespace: `test${++opened}`,
    engineId: "engine",
  });

runtimeContract("the redis backend", open);
