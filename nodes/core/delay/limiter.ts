// Lets messages pass at a rate, per key. Each key that is busy has one timer: for its next message, or its rest.
import type { Delivery, NodeContext } from "@millrace/sdk";
import { freeAt, pass, type Rate } from "./rate.ts";
import type { Item, Waiting } from "./waiting.ts";

/** What happens to messages that come too fast. */
export type Excess = "queue" | "latest" | "drop";

export interface Limits {
  /** What is to become of a message: it goes out now, is dropped now, or is held (`undefined`). */
  take(delivery: Delivery, key: string, rate: Rate, toFront: boolean): "out" | "dropped" | undefined;
  close(): void;
}

interface Lane {
  slot: number | undefined;
  timer: Disposable | undefined;
  readonly queue: Item[];
}

export class Limiter implements Limits {
  readonly #context: Pick<NodeContext, "clock" | "after">;
  readonly #waiting: Waiting;
  readonly #excess: Excess;
  readonly #lanes = new Map<string, Lane>();

  constructor(context: Pick<NodeContext, "clock" | "after">, waiting: Waiting, excess: Excess) {
    this.#context = context;
    this.#waiting = waiting;
    this.#excess = excess;
  }

  take(delivery: Delivery, key: string, rate: Rate, toFront: boolean): "out" | "dropped" | undefined {
    const lane = this.#lanes.get(key) ?? { slot: undefined, timer: undefined, queue: [] };
    this.#lanes.set(key, lane);
    const now = this.#context.clock.monotonic();
    if (lane.queue.length === 0 && now >= freeAt(rate, lane.slot)) {
      lane.slot = pass(rate, lane.slot, now);
      this.#plan(key, lane, rate);
      return "out";
    }
    if (this.#excess === "drop") return "dropped";
    if (this.#excess === "latest") {
      for (const item of lane.queue.splice(0)) void this.#waiting.send(item, "dropped");
    }
    const item = this.#waiting.add(delivery, key, toFront);
    if (item && toFront) lane.queue.unshift(item);
    else if (item) lane.queue.push(item);
    this.#plan(key, lane, rate);
    return undefined;
  }

  close(): void {
    for (const { timer } of this.#lanes.values()) timer?.[Symbol.dispose]();
    this.#lanes.clear();
  }

  #plan(key: string, lane: Lane, rate: Rate): void {
    lane.timer?.[Symbol.dispose]();
    const now = this.#context.clock.monotonic();
    const due = lane.queue.length > 0 ? freeAt(rate, lane.slot) : (lane.slot ?? now);
    lane.timer = this.#context.after(Math.max(0, due - now), () => this.#next(key, lane, rate));
  }

  #next(key: string, lane: Lane, rate: Rate): void {
    let item = lane.queue.shift();
    while (item && !this.#waiting.items.includes(item)) item = lane.queue.shift();
    if (!item) {
      this.#lanes.delete(key);
      return;
    }
    lane.slot = pass(rate, lane.slot, this.#context.clock.monotonic());
    void this.#waiting.send(item);
    this.#plan(key, lane, rate);
  }
}
