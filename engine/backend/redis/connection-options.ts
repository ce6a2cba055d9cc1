// What the connections to one server have in common.
import type { RedisOptions } from "ioredis";
import type { RedisAddress } from "./address.ts";

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
  reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 1 : false),
};

/** The constructor of ioredis 6 tells its kinds of replies apart by this member. */
type Options = RedisOptions & { readonly replyMapping?: "legacy" };

/** `own` is what one connection has for itself, its name at least. */
export function connectionOptions(address: RedisAddress, own: RedisOptions): Options {
  return Object.assign({}, COMMON, address.options, own, { replyMapping: "legacy" as const });
}
