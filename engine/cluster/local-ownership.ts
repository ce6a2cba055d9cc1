// Ownership where there is one engine only: everything is its own at once. The epochs still count its boots.
import type { LeaseStore } from "../backend/leases.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import { NEVER_HELD } from "./member.ts";
import type { Ownership, PartHolder, Shared } from "./ownership.ts";
import { partLease } from "./sharing.ts";

/** Pause before a lease that could not be written (a full disk) is tried again. */
const AGAIN_MS = 1_000;

export interface LocalOwnershipOptions {
  readonly leases: LeaseStore;
  readonly consumer: string;
  readonly engine: string;
  readonly log: Logger;
}

export class LocalOwnership implements Ownership {
  readonly #options: LocalOwnershipOptions;

  constructor(options: LocalOwnershipOptions) {
    this.#options = options;
  }

  share(what: Shared, holder: PartHolder): AsyncDisposable {
    const stop = new AbortController();
    const taking = this.#take(what, holder, stop.signal);
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        await taking;
      },
    };
  }

  isCertain(): boolean {
    return true;
  }

  async holderOf(): Promise<string> {
    return this.#options.engine;
  }

  /** The data folder is this process's alone, so whoever stands in the lease is a boot of before. */
  async #take(what: Shared, holder: PartHolder, signal: AbortSignal): Promise<void> {
    const { leases, consumer, log } = this.#options;
    while (!signal.aborted) {
      try {
        const addresses = Array.from({ length: what.count }, (_, part) => partLease(what, part));
        const states = await leases.read(addresses);
        const epochs = await Promise.all(
          addresses.map((lease, part) => leases.take(lease, consumer, states[part] ?? NEVER_HELD)),
        );
        if (signal.aborted) return;
        for (const [part, lease] of addresses.entries()) {
          holder.gained(part, { lease, epoch: epochs[part]?.epoch ?? 0 });
        }
        return;
      } catch (error) {
        log.warn(`"${what.flow}/${what.name}" does not begin yet: ${errorText(error)}`);
        await pause(AGAIN_MS, signal);
      }
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms).unref();
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
