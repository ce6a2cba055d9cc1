// The timers of a node: on the engine's clock, runs of one timer never overlap, a failed run is told and the timer
// goes on. All end with the node.
import type { Clock, ClockTimer } from "@millrace/sdk";
import { nextRuns } from "./cron.ts";

/** Longest sleep: cron looks at the wall clock again at least this often, in case it was set. */
const LONGEST_SLEEP_MS = 60_000;

export class NodeTimers implements Disposable {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<{ cancel(): void }>();
  #closed = false;

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  every(
    intervalMs: number,
    run: () => void | Promise<void>,
    options: { immediately?: boolean } = {},
  ): Disposable {
    if (!(intervalMs > 0)) throw new RangeError(`An interval must be longer than 0 ms, not ${intervalMs}.`);
    let due = this.#clock.monotonic() + (options.immediately ? 0 : intervalMs);
    return this.#repeat(
      () => Math.max(0, due - this.#clock.monotonic()),
      async () => {
        await run();
        const now = this.#clock.monotonic();
        // Keeps the beat; beats that passed while it ran are left out.
        due += intervalMs * Math.max(1, Math.ceil((now - due) / intervalMs));
      },
    );
  }

  after(delayMs: number, run: () => void | Promise<void>): Disposable {
    let handle: Disposable | undefined;
    let done = false;
    handle = this.#repeat(
      () => Math.max(0, delayMs),
      async () => {
        done = true;
        handle?.[Symbol.dispose]();
        await run();
      },
    );
    if (done) handle[Symbol.dispose]();
    return handle;
  }

  cron(
    expression: string,
    options: { timezone?: string },
    run: (due: Date) => void | Promise<void>,
  ): Disposable {
    const following = (from: number) =>
      nextRuns(expression, { ...options, from: new Date(from), count: 1 })[0];
    let due = following(this.#clock.now());
    return this.#repeat(
      () =>
        due ? Math.min(Math.max(0, due.getTime() - this.#clock.now()), LONGEST_SLEEP_MS) : LONGEST_SLEEP_MS,
      async () => {
        if (!due || this.#clock.now() < due.getTime()) return;
        const current = due;
        due = following(Math.max(this.#clock.now(), current.getTime()));
        await run(current);
      },
    );
  }

  /** Also what is asked for later does not run. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const timer of this.#running) timer.cancel();
    this.#running.clear();
  }

  #repeat(delay: () => number, run: () => Promise<void>): Disposable {
    let timer: ClockTimer | undefined;
    let open = true;
    const entry = {
      cancel() {
        open = false;
        timer?.cancel();
      },
    };
    const arm = () => {
      if (this.#closed) return;
      timer = this.#clock.schedule(delay(), () => void turn());
    };
    const turn = async () => {
      try {
        await run();
      } catch (error) {
        this.#onError(error);
      }
      if (open) arm();
    };
    this.#running.add(entry);
    arm();
    return {
      [Symbol.dispose]: () => {
        entry.cancel();
        this.#running.delete(entry);
      },
    };
  }
}
