// Opens the backend that the options ask for: Redis when there is an address, otherwise the data folder.
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Backend } from "./backend.ts";
import { openEmbedded } from "./embedded/embedded.ts";
import { openRedis } from "./redis/redis.ts";

export type * from "./backend.ts";
export { openEmbedded, openRedis };

export interface BackendOptions {
  /** `redis://…`, `redis-sentinel://…` or `redis-cluster://…`; undefined for the embedded backend. */
  readonly redis?: string | undefined;
  /** Before every key in Redis. */
  readonly namespace: string;
  readonly engineId: string;
  /** Where the embedded backend keeps its file, and that with Redis what it knows of it; ":memory:" keeps nothing. */
  readonly folder: string;
  readonly logger: Logger;
  /** Works with a Redis that lost the data that this engine knew. */
  readonly acceptEmpty?: boolean;
  /** Of the embedded backend. */
  readonly clock?: Clock;
}

/** Throws a sentence of the catalogue (`backend/…`) when the backend cannot be used. */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const { redis, ...rest } = options;
  if (redis === undefined) return openEmbedded(rest);
  const { folder, ...shared } = rest;
  return openRedis({ ...shared, url: redis, ...(folder !== ":memory:" && { folder }) });
}
