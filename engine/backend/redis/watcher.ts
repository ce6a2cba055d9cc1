// Waits for streams to grow: with one connection where there is one server; on a cluster with one for each slot that
// somebody waits on, since one call may only name keys of one slot.
import type { Logger } from "../../base/logger.ts";
import type { RedisAddress } from "./address.ts";
import type { Connection } from "./connection.ts";
import { nodeConnection } from "./node-connection.ts";
import { slotOf } from "./slot.ts";
import { SlotWatcher } from "./slot-watcher.ts";

/** Connections that nobody has waited on for so long are closed. */
const IDLE_MS = 60_000;

export interface WatcherOptions {
  readonly address: RedisAddress;
  readonly commands: Connection;
  readonly logger: Logger;
  readonly name: string;
}

interface Watched {
  readonly watcher: SlotWatcher;
  usedAt: number;
}

export class Watcher implements AsyncDisposable {
  readonly #options: WatcherOptions;
  readonly #bySlot = new Map<number, Watched>();
  readonly #upkeep: NodeJS.Timeout;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#upkeep = setInterval(() => void this.#closeIdle(), IDLE_MS);
    this.#upkeep.unref();
  }

  /**
   * Resolves when the stream may hold an entry after `after`, or after `ms`, or when the signal is aborted. May resolve
   * for nothing; never sleeps through an entry while Redis answers. Throws `backend/closed`.
   */
  until(key: string, after: string, ms: number, signal: AbortSignal): Promise<void> {
    const slot = this.#options.commands.clustered ? slotOf(key) : 0;
    const watched = this.#bySlot.get(slot) ?? { watcher: this.#open(slot), usedAt: 0 };
    this.#bySlot.set(slot, watched);
    watched.usedAt = performance.now();
    return watched.watcher.until(key, after, ms, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#upkeep);
    for (const { watcher } of this.#bySlot.values()) await watcher[Symbol.asyncDispose]();
  }

  #open(slot: number): SlotWatcher {
    const { address, commands, logger, name } = this.#options;
    const own = { connectionName: name, maxRetriesPerRequest: 0, enableOfflineQueue: false };
    const redis = nodeConnection({ address, commands, slot, own });
    const unblock = async (clientId: number) => {
      if (!commands.clustered) return commands.once((client) => client.client("UNBLOCK", clientId));
      const { remoteAddress: host, remotePort: port } = redis.stream ?? {};
      return commands.servers.at({ host, port })?.client("UNBLOCK", clientId);
    };
    return new SlotWatcher({ redis, unblock, logger });
  }

  async #closeIdle(): Promise<void> {
    const now = performance.now();
    for (const [slot, { watcher, usedAt }] of this.#bySlot) {
      if (watcher.busy || now - usedAt < IDLE_MS) continue;
      this.#bySlot.delete(slot);
      await watcher[Symbol.asyncDispose]();
    }
  }
}
