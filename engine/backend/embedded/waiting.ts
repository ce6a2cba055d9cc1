// Readers that wait for a stream to grow. Woken in the same turn as the append became durable: nobody polls.
import type { Clock } from "../../base/clock.ts";

export class Waiting {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the key is woken, the time is over, or the signal is aborted. */
  until(key: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const done = () => {
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = this.#clock.schedule(ms, done);
      signal.addEventListener("abort", done, { once: true });
      waiting.add(done);
    });
  }

  wake(key: string): void {
    const waiting = this.#waiting.get(key);
    if (waiting) for (const done of [...waiting]) done();
  }

  wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.wake(key);
  }
}
