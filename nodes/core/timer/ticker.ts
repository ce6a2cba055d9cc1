// Waits for the due times of a schedule and calls back at each, jitter included, until it is closed. When it gets its
// turn so late that more than one is due, it can say so instead, and stop.
import type { NodeContext } from "@millrace/sdk";
import type { Schedule } from "./schedule.ts";

/** The longest single wait: wall clocks are set, and timers cannot wait for ever. */
const LONGEST_WAIT_MS = 60_000;

export class Ticker {
  readonly #context: Pick<NodeContext, "clock" | "after">;
  readonly #schedule: Schedule;
  readonly #jitterMs: number;
  readonly #tick: (due: number) => void;
  readonly #blocked: (() => void) | undefined;
  readonly #late = new Set<Disposable>();
  #wait: Disposable | undefined;
  #closed = false;

  constructor(
    context: Pick<NodeContext, "clock" | "after">,
    schedule: Schedule,
    jitterMs: number,
    tick: (due: number) => void,
    /** More than one is due, for nothing could run meanwhile. Whoever makes up for them starts it again. */
    blocked?: () => void,
  ) {
    this.#context = context;
    this.#schedule = schedule;
    this.#jitterMs = jitterMs;
    this.#tick = tick;
    this.#blocked = blocked;
  }

  /** Starts waiting for what is due after `time`. `now` tells the time by which the schedule counts. */
  start(time: number, now: () => number): void {
    this.#plan(this.#schedule.next(time), now);
  }

  close(): void {
    this.#closed = true;
    this.#wait?.[Symbol.dispose]();
    for (const late of this.#late) late[Symbol.dispose]();
  }

  #plan(due: number | undefined, now: () => number): void {
    if (due === undefined || this.#closed) return;
    const { clock } = this.#context;
    const wait = Math.min(Math.max(0, due - now()), LONGEST_WAIT_MS);
    const inTime = clock.monotonic() + wait;
    this.#wait = this.#context.after(wait, () => {
      const time = now();
      if (time < due) return this.#plan(due, now);
      const following = this.#schedule.next(due);
      // A clock on the wall that was set forward is no such case.
      const lateMs = clock.monotonic() - inTime;
      if (this.#blocked && following !== undefined && following <= time && lateMs >= following - due) {
        return this.#blocked();
      }
      this.#due(due);
      this.#plan(this.#schedule.next(Math.max(due, time)), now);
    });
  }

  #due(due: number): void {
    if (this.#jitterMs === 0) {
      this.#tick(due);
      return;
    }
    const late = this.#context.after(Math.random() * this.#jitterMs, () => {
      this.#late.delete(late);
      this.#tick(due);
    });
    this.#late.add(late);
  }
}
