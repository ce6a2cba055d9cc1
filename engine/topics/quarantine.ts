// Entries whose handling may have ended the process go one at a time, all flows of the engine together, so that it shows
// which of them it is, and what happens to go on beside it is not taken for the cause.
import type { Clock } from "../base/clock.ts";

/** After so many ends of the process an entry is given up without being handled. */
export const CRASHES_ALLOWED = 3;
/** An entry that has not ended the process by then lets the next one in. */
const WATCHED_MS = 1_000;

export class Quarantine {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when nobody else is inside. Call what it answers with to leave. */
  async enter(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    const timer = this.#clock.schedule(WATCHED_MS, resolve);
    return () => {
      timer.cancel();
      resolve();
    };
  }
}
