// Counts wrong tokens by network address, so that guessing is slow. A bucket per address: each wrong one takes a
// token out of it, time puts them back.
import type { Clock } from "../../base/clock.ts";

const MOST_ADDRESSES = 10_000;

export class Tries {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #refillMs: number;
  readonly #spent = new Map<string, { count: number; at: number }>();

  /** `burst` wrong ones at once; after that one more every `refillMs`. */
  constructor(options: { clock: Clock; burst: number; refillMs: number }) {
    this.#clock = options.clock;
    this.#burst = options.burst;
    this.#refillMs = options.refillMs;
  }

  /** Seconds until this address may try again; 0: now. */
  waitSeconds(address: string): number {
    const over = this.#count(address) - (this.#burst - 1);
    return over <= 0 ? 0 : Math.ceil((over * this.#refillMs) / 1000);
  }

  /** This address sent a wrong token. */
  failed(address: string): void {
    const count = this.#count(address) + 1;
    this.#spent.delete(address);
    this.#spent.set(address, { count, at: this.#clock.monotonic() });
    const oldest = this.#spent.size > MOST_ADDRESSES ? this.#spent.keys().next().value : undefined;
    if (oldest !== undefined) this.#spent.delete(oldest);
  }

  #count(address: string): number {
    const spent = this.#spent.get(address);
    if (!spent) return 0;
    const left = spent.count - (this.#clock.monotonic() - spent.at) / this.#refillMs;
    if (left > 0) return left;
    this.#spent.delete(address);
    return 0;
  }
}
