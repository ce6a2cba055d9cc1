// Runs a suite on both backends. On Redis every call opens another connection to the same data.
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { openBackend } from "../../../engine/backend/index.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { RedisServer } from "../../support/redis-server.ts";

let namespaces = 0;

/** `open` opens a backend whose data no other test sees, until the test ends. */
export function onBothBackends(name: string, suite: (open: () => Promise<Backend>) => void): void {
  describe(`${name}, embedded`, () => suite(() => opened({ folder: ":memory:" })));
  describe(`${name}, redis`, () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.start();
    });
    afterAll(() => server[Symbol.asyncDispose]());
    suite(() => opened({ folder: ":memory:", redis: server.url, namespace: `test${++namespaces}` }));
  });
}

export async function opened(place: {
  folder: string;
  redis?: string;
  namespace?: string;
  engine?: string;
}): Promise<Backend> {
  const { folder, redis, namespace = "mr", engine = "a" } = place;
  const { logger } = quietLogger();
  const backend = await openBackend({ folder, redis, namespace, engineId: engine, logger });
  onTestFinished(() => backend[Symbol.asyncDispose]());
  return backend;
}
