// Keeps the member lease of one boot: takes it, beats, and tells when it was lost. Runs in a thread of its own, so that
// code that blocks the main loop for a while costs nothing.
import type { LeaseStore } from "../backend/leases.ts";
import { memberLease, NEVER_HELD } from "./member.ts";
import type { Signs } from "./signs.ts";

export interface KeeperOptions {
  readonly leases: LeaseStore;
  readonly consumer: string;
  /** How long a lease lives without a beat. */
  readonly leaseMs: number;
  readonly signs: Signs;
  /** Monotonic milliseconds, the same as the reader of the signs uses. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Beats within the time of a lease. */
const BEATS = 5;

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #stop = new AbortController();
  #epoch = 0;
  #beating: Promise<"lost" | "stopped"> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Takes the lease. */
  async join(): Promise<void> {
    const { leases, consumer } = this.#options;
    const lease = memberLease(consumer);
    const asked = this.#options.now();
    // Nobody ever had it, since its name is this boot's alone: unless others thought that this boot had ended.
    const taken = await leases.take(lease, consumer, NEVER_HELD);
    if (taken.owner !== consumer) throw new Error(`its place was given to ${taken.owner}`);
    this.#epoch = taken.epoch;
    this.#trust(asked);
  }

  /** Beats until the lease is lost, or `stop`. */
  beat(): Promise<"lost" | "stopped"> {
    this.#beating ??= this.#beat();
    return this.#beating;
  }

  /** Beats no more. The lease stays, and dies of itself. */
  stop(): void {
    this.#stop.abort();
  }

  /** Gives the lease back, so that the others need not wait. */
  async leave(): Promise<void> {
    this.stop();
    const { leases, consumer, signs } = this.#options;
    signs.trustUntil(0);
    await leases.release(consumer, memberLease(consumer), this.#epoch);
  }

  async #beat(): Promise<"lost" | "stopped"> {
    const { leases, consumer, leaseMs, signs, now, sleep } = this.#options;
    const lease = memberLease(consumer);
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const sent = now();
      const [kept] = await leases.beat(consumer, [{ lease, epoch: this.#epoch }]);
      if (signal.aborted) break;
      if (kept) this.#trust(sent);
      else if (!(await this.#takeVanished())) {
        signs.trustUntil(0);
        return "lost";
      }
      await sleep(Math.max(0, sent + leaseMs / BEATS - now()), signal);
    }
    return "stopped";
  }

  /** The backend lost its data: then nobody took anything over, and the lease is taken as for the first time. */
  async #takeVanished(): Promise<boolean> {
    const { leases, consumer } = this.#options;
    const [state] = await leases.read([memberLease(consumer)]);
    if (state?.epoch !== 0) return false;
    return this.join().then(
      () => true,
      () => false,
    );
  }

  /** From the moment the beat was sent, not answered: whoever sees it sees it later. The margin is for clocks' drift. */
  #trust(sent: number): void {
    const { leaseMs, signs } = this.#options;
    signs.trustUntil(sent + leaseMs * 0.9);
  }
}
