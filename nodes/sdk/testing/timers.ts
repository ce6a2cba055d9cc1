// The timers of a node context, on the fake clock. All stop when the node does.
import type { NodeContext, TimerOptions } from "../context.ts";
import type { FakeClock } from "./fake-clock.ts";
import { currentScope, runOn } from "./scope.ts";

/** Answers like `NodeContext.nextCron`. The engine's way to read cron is not part of the SDK: hand one in. */
export type NextCron = NodeContext["nextCron"];

/** A timer that never runs. */
const INERT: Disposable = { [Symbol.dispose]: () => undefined };

export class NodeTimers {
  readonly #clock: FakeClock;
  readonly #nextCron: NextCron;
  readonly #failed: (error: unknown) => void;
  readonly #stops = new Set<() => void>();
  #stopped = false;

  constructor(clock: FakeClock, nextCron: NextCron, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#nextCron = nextCron;
    this.#failed = failed;
  }

  every(intervalMs: number, run: () => void | Promise<void>, options: TimerOptions = {}): Disposable {
    let busy = false;
    const guarded = this.#guard(run);
    const once = () => {
      if (busy) return;
      busy = true;
      void guarded().finally(() => {
        busy = false;
      });
    };
    if (options.immediately) once();
    return this.#repeat(() => intervalMs, once);
  }

  after(delayMs: number, run: () => void | Promise<void>): Disposable {
    if (this.#stopped) return INERT;
    const guarded = this.#guard(run);
    const timer = this.#clock.schedule(delayMs, () => {
      this.#stops.delete(stop);
      void guarded();
    });
    const stop = () => {
      this.#stops.delete(stop);
      timer.cancel();
    };
    this.#stops.add(stop);
    return { [Symbol.dispose]: stop };
  }

  cron(
    expression: string,
    options: { timezone?: string },
    run: (due: Date) => void | Promise<void>,
  ): Disposable {
    let due: Date | undefined;
    const next = () => {
      due = this.#nextCron(expression, { ...options, from: new Date(this.#clock.now()), count: 1 })[0];
      return due && due.getTime() - this.#clock.now();
    };
    return this.#repeat(next, () => {
      const at = due;
      if (at) void this.#guard(() => run(at))();
    });
  }

  /** Ends all timers; none starts any more. */
  stop(): void {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
  }

  #repeat(delay: () => number | undefined, run: () => void): Disposable {
    if (this.#stopped) return INERT;
    let cancel = () => {};
    const stop = () => {
      this.#stops.delete(stop);
      cancel();
    };
    const plan = () => {
      const ms = delay();
      if (ms === undefined) return stop();
      const timer = this.#clock.schedule(ms, () => {
        run();
        if (this.#stops.has(stop)) plan();
      });
      cancel = () => timer.cancel();
    };
    this.#stops.add(stop);
    plan();
    return { [Symbol.dispose]: stop };
  }

  /** A run that never rejects. What it emits descends from what was handled when the timer was set. */
  #guard(run: () => void | Promise<void>): () => Promise<void> {
    const messages = currentScope()?.messages ?? [];
    return () => runOn(messages, run).catch(this.#failed);
  }
}
