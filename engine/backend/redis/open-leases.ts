// Leases over a connection of their own, for a thread that must not wait for anything else.
import type { Logger } from "../../base/logger.ts";
import type { LeaseStore } from "../leases.ts";
import { parseRedisAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import { Keys } from "./keys.ts";
import { RedisLeases } from "./leases.ts";
import { readLibrary } from "./library.ts";

/** Plain values, so that they can be handed to another thread. */
export interface RedisLeasesOptions {
  readonly url: string;
  readonly namespace: string;
  /** Names the connection, for CLIENT LIST. */
  readonly name: string;
}

/** Resolves when the server takes work; throws as `openRedis` does. */
export async function openRedisLeases(
  { url, namespace, name }: RedisLeasesOptions,
  logger: Logger,
): Promise<{ leases: LeaseStore } & AsyncDisposable> {
  const connection = new Connection({
    address: parseRedisAddress(url),
    library: readLibrary(),
    logger,
    name: `millrace:${name.replaceAll(/\s/g, "_")}:leases`,
  });
  try {
    await connection.open();
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  }
  return {
    leases: new RedisLeases(connection, new Keys(namespace)),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
