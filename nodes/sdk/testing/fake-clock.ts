// A clock that a test turns by hand. Timers run in the order they are due; nothing runs between two advances.
import type { Clock, ClockTimer } from "../clock.ts";

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Where a fake clock starts unless told: 2030-01-01T00:00:00Z, a Tuesday. */
export const FAKE_START = Date.UTC(2030, 0, 1);

/** Lets everything run that waits for no timer: promises, and the I/O phases between them. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => setImmediate(resolve));
}

export class FakeClock implements Clock {
  readonly #start: number;
  readonly #pending = new Set<Pending>();
  #elapsed = 0;
  #jumped = 0;
  #order = 0;

  constructor(start: number = FAKE_START) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#jumped + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(ms: number, callback: () => void): ClockTimer {
    const timer: Pending = { due: this.#elapsed + Math.max(0, ms), order: this.#order++, callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Turns time forward, running what falls due in order, and lets promises settle before, between and after. */
  async advance(ms: number): Promise<void> {
    await settle();
    const until = this.#elapsed + ms;
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#pending.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.callback();
      await settle();
    }
    this.#elapsed = until;
    await settle();
  }

  /** Time passes and no timer gets its turn, as when code blocks the loop: they run late, at the next advance. */
  block(ms: number): void {
    this.#elapsed += ms;
  }

  /** Sets the wall clock forward or back, as an administrator would. Timers do not notice. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  #next(until: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#pending) {
      if (timer.due > until) continue;
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}
