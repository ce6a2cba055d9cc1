// Ownership where there is one engine only: everything is its own at once. The epochs still count its boots.
import type { Fence, LeaseStore } from "../backend/leases.ts";
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
        await this.#giveBack(await taking);
      },
    };
  }

  isCertain(): boolean {
    return true;
  }

  async holderOf(): Promise<string> {
    return this.#options.engine;
  }

  /**
   * The data folder is this process's alone, so whoever stands in the lease is a boot of before. Answers with what it has
   * when it ends.
   */
  async #take(what: Shared, holder: PartHolder, signal: AbortSignal): Promise<Fence[]> {
    const { leases, consumer, log } = this.#options;
    while (!signal.aborted) {
      try {
        const addresses = Array.from({ length: what.count }, (_, part) => partLease(what, part));
        const states = await leases.read(addresses);
        const epochs = await Promise.all(
          addresses.map((lease, part) => leases.take(lease, consumer, states[part] ?? NEVER_HELD)),
        );
        const fences = addresses.map((lease, part) => ({ lease, epoch: epochs[part]?.epoch ?? 0 }));
        if (!signal.aborted) for (const [part, fence] of fences.entries()) holder.gained(part, fence);
        return fences;
      } catch (error) {
        log.warn(`"${what.flow}/${what.name}" does not begin yet: ${errorText(error)}`);
        await pause(AGAIN_MS, signal);
      }
    }
    return [];
  }

  /** What stays behind, after a kill for example, is taken at the next start. */
  async #giveBack(fences: readonly Fence[]): Promise<void> {
    const { leases, consumer, log } = this.#options;
    await Promise.all(fences.map(({ lease, epoch }) => leases.release(consumer, lease, epoch))).catch(
      (error) => log.debug(`A lease was not given back: ${errorText(error)}`),
    );
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
