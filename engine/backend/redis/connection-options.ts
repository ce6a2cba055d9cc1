// What the connections to Redis have in common, and how those for commands are made: one to a server (found through
// its Sentinels, if there are any), or one to each master of a cluster.
import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisAddress } from "./address.ts";

/** What commands are sent to. */
export type Client = Redis | Cluster;

/** Reconnects for ever, soon at first, never all engines at the same time. */
export function retryDelay(times: number): number {
  return Math.min(25 * 2 ** Math.min(times, 6), 1000) * (0.5 + Math.random() / 2);
}

const COMMON: RedisOptions = {
  protocol: 2,
  lazyConnect: true,
  enableReadyCheck: false,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 3000,
  retryStrategy: retryDelay,
  sentinelRetryStrategy: retryDelay,
  reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 1 : false),
};

/** The constructor of ioredis 6 tells its kinds of replies apart by this member. */
type Options = RedisOptions & { readonly replyMapping?: "legacy" };

/** `own` is what one connection has for itself, its name at least. */
export function connectionOptions(address: RedisAddress, own: RedisOptions): Options {
  return Object.assign({}, COMMON, address.options, own, { replyMapping: "legacy" as const });
}

/** Nothing is sent twice, and nothing is kept for later: the caller hears at once, and decides. */
export function commandClient(address: RedisAddress, name: string): Client {
  const own: RedisOptions = {
    connectionName: name,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    socketTimeout: 5000,
    // Hears from the Sentinels of a failover, also when the old master does not notice.
    failoverDetector: address.kind === "sentinel",
  };
  if (address.kind !== "cluster") return new Redis(connectionOptions(address, own));
  return new Cluster([...address.hosts], {
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    clusterRetryStrategy: retryDelay,
    scaleReads: "master",
    // MOVED, ASK and TRYAGAIN say that nothing was done: these are followed. A closed connection says nothing at all,
    // and a cluster that is down must be told to people: both come back to the caller.
    maxRedirections: 16,
    retryDelayOnTryAgain: 100,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshInterval: 5000,
    slotsRefreshTimeout: 2000,
    redisOptions: connectionOptions(address, own),
  });
}
