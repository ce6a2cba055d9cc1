// Whose turn it is: nodes with waiting messages run in turns, so that none starves another, and the event loop gets
// its share. Starts at once when idle; under load it yields to timers and sockets every few milliseconds.

/** Something that works off a part of what waits. True: more waits, give it another turn. */
export interface Runnable {
  turn(): boolean;
}

const SLICE_MS = 4;

export class Scheduler {
  #ready: Runnable[] = [];
  #next: Runnable[] = [];
  #scheduled = false;

  /** The runnable gets a turn soon. Callers keep it from being added twice. */
  add(runnable: Runnable): void {
    this.#next.push(runnable);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#run);
  }

  readonly #run = (): void => {
    const until = performance.now() + SLICE_MS;
    while (this.#next.length > 0) {
      [this.#ready, this.#next] = [this.#next, this.#ready];
      for (const runnable of this.#ready) if (runnable.turn()) this.#next.push(runnable);
      this.#ready.length = 0;
      if (this.#next.length > 0 && performance.now() > until) {
        setImmediate(this.#run);
        return;
      }
    }
    this.#scheduled = false;
  };
}
