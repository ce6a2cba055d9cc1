// Opens the backend that the options ask for: Redis when there is an address, otherwise the data folder.
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Backend } from "./backend.ts";
import { openEmbedded } from "./embedded/embedded.ts";
import { openRedis } from "./redis/redis.ts";

export type * from "./backend.ts";
export { openEmbedded, openRedis };

export interface BackendOptions {
  /** `redis://…` or `rediss://…`; undefined for the embedded backend. */
  readonly redis?: string | undefined;
  /** Before every key in Redis. */
  readonly namespace: string;
  readonly engineId: string;
  /** Where the embedded backend keeps its file; ":memory:" keeps nothing. */
  readonly folder: string;
  readonly logger: Logger;
  /** Of the embedded backend. */
  readonly clock?: Clock;
}

/** Throws a sentence of the catalogue (`backend/…`) when the backend cannot be used. */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const { redis, ...rest } = options;
  return redis === undefined ? openEmbedded(rest) : openRedis({ ...rest, url: redis });
}
