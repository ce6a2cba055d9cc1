// setTimeout and setInterval inside an isolate: the callbacks stay here, the runner keeps the time.
import { MAX_TIMERS } from "./limits.ts";

type Callback = (...args: unknown[]) => unknown;

export class Timers {
  readonly #waiting = new Map<number, { callback: Callback; args: unknown[]; repeat: boolean }>();
  #next = 1;
  #started: [id: number, ms: number, repeat: boolean][] = [];
  #cleared: number[] = [];

  add(callback: unknown, ms: unknown, args: unknown[], repeat: boolean): number {
    if (typeof callback !== "function") throw new TypeError("A timer needs a function to call.");
    if (this.#waiting.size >= MAX_TIMERS) {
      throw new RangeError(`${MAX_TIMERS} timers are waiting already. Clear some with clearTimeout.`);
    }
    const id = this.#next++;
    const delay = Math.min(Math.max(Number(ms) || 0, repeat ? 1 : 0), 2_147_483_647);
    this.#waiting.set(id, { callback: callback as Callback, args, repeat });
    this.#started.push([id, delay, repeat]);
    return id;
  }

  clear(id: unknown): void {
    if (typeof id === "number" && this.#waiting.delete(id)) this.#cleared.push(id);
  }

  /** Runs the callback of a timer that is due; throws what it throws. */
  fire(id: number): unknown {
    const timer = this.#waiting.get(id);
    if (!timer) return undefined;
    if (!timer.repeat) this.#waiting.delete(id);
    return timer.callback(...timer.args);
  }

  /** What changed since the last call. */
  take(): { started: readonly [number, number, boolean][]; cleared: readonly number[] } {
    const changes = { started: this.#started, cleared: this.#cleared };
    if (this.#started.length > 0) this.#started = [];
    if (this.#cleared.length > 0) this.#cleared = [];
    return changes;
  }

  get changed(): boolean {
    return this.#started.length > 0 || this.#cleared.length > 0;
  }
}
