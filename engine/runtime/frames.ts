// Which delivery is being handled: what a node emits descends from it. Known by a variable while a handler runs
// synchronously, and by the async context after its first await. Entering an async context costs more than most
// handlers, so one is shared by a run of handlers until one of them goes on asynchronously: that one keeps it.
import { AsyncLocalStorage } from "node:async_hooks";
import type { NodeDelivery } from "./delivery.ts";

export interface Frame {
  delivery: NodeDelivery | undefined;
  /** A batch is being handled: emits must name their origin. */
  batch: boolean;
}

export class Frames {
  readonly #storage = new AsyncLocalStorage<Frame>();
  /** The delivery whose handler runs right now, synchronously. */
  current: NodeDelivery | undefined;

  /** Runs `work` in a frame of its own. */
  run<A, R>(work: (frame: Frame, argument: A) => R, argument: A): R {
    const frame: Frame = { delivery: undefined, batch: false };
    return this.#storage.run(frame, work, frame, argument);
  }

  /** Runs `work` for a delivery, which also stays current in what it does asynchronously. */
  runFor<R>(delivery: NodeDelivery | undefined, work: () => R): R {
    const before = this.current;
    this.current = delivery;
    try {
      return this.#storage.run({ delivery, batch: false }, work);
    } finally {
      this.current = before;
    }
  }

  delivery(): NodeDelivery | undefined {
    return this.current ?? this.#storage.getStore()?.delivery;
  }

  inBatch(): boolean {
    return this.current === undefined && this.#storage.getStore()?.batch === true;
  }
}
