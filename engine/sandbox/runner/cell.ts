// One isolate: the scripts of one flow that share a memory limit. Calls into it run on a thread of their own, in
// order; the cell knows which call is running and since when.
import ivm from "isolated-vm";

/** On a busy machine a shorter silence says nothing. */
const MIN_STUCK_MS = 1_000;
/** A call into an isolate that ran out of memory returns within this, or never. */
const DISPOSED_MS = 500;

/** A call that is in the isolate, or waits to get in. */
export interface Call {
  readonly script: number;
  readonly limitMs: number;
  /** Set when the call became the first of the queue. */
  since: number;
}

export class Cell {
  readonly key: string;
  readonly memoryMb: number;
  readonly isolate: ivm.Isolate;
  /** Script ids. */
  readonly scripts = new Set<number>();
  readonly #calls: Call[] = [];
  #lost = false;

  constructor(key: string, memoryMb: number) {
    this.key = key;
    this.memoryMb = memoryMb;
    this.isolate = new ivm.Isolate({ memoryLimit: Math.max(memoryMb, 8) });
  }

  /** Runs `work` with a place in the queue. `limitMs`: after twice this the isolate is beyond help. */
  async enter<T>(script: number, limitMs: number, work: () => Promise<T>): Promise<T> {
    const call: Call = { script, limitMs, since: performance.now() };
    this.#calls.push(call);
    try {
      return await work();
    } finally {
      this.#calls.splice(this.#calls.indexOf(call), 1);
      const head = this.#calls[0];
      if (head) head.since = performance.now();
    }
  }

  /** How long the running call has been running. */
  busyFor(now: number): number {
    const head = this.#calls[0];
    return head ? now - head.since : 0;
  }

  /** The call that does not come back: twice over its limit; the isolate is gone and it still runs; it swells. */
  findStuck(now: number, isSwollen: boolean): { call: Call; reason: "timeout" | "memory" } | undefined {
    const head = this.#calls[0];
    if (!head) return undefined;
    const ran = this.busyFor(now);
    if (ran > Math.max(head.limitMs * 2, MIN_STUCK_MS))
      return { call: head, reason: this.isDisposed ? "memory" : "timeout" };
    if (isSwollen || (this.isDisposed && !this.#lost && ran > DISPOSED_MS))
      return { call: head, reason: "memory" };
    return undefined;
  }

  get isDisposed(): boolean {
    return this.isolate.isDisposed;
  }

  get isLost(): boolean {
    return this.#lost;
  }

  /** Marks the isolate as given up and frees it. */
  lose(): void {
    this.#lost = true;
    if (!this.isolate.isDisposed) this.isolate.dispose();
  }
}
