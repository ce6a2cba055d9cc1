// Lets messages pass at one rate that all keys share: those that have something waiting take turns.
import type { Delivery, NodeContext } from "@millrace/sdk";
import type { Excess, Limits } from "./limiter.ts";
import { freeAt, pass, type Rate } from "./rate.ts";
import type { Item, Waiting } from "./waiting.ts";

export class Turns implements Limits {
  readonly #context: Pick<NodeContext, "clock" | "after">;
  readonly #waiting: Waiting;
  readonly #excess: Excess;
  /** What waits by key; the first key is next. */
  readonly #queues = new Map<string, Item[]>();
  #slot: number | undefined;
  #timer: Disposable | undefined;

  constructor(context: Pick<NodeContext, "clock" | "after">, waiting: Waiting, excess: Excess) {
    this.#context = context;
    this.#waiting = waiting;
    this.#excess = excess;
  }

  take(delivery: Delivery, key: string, rate: Rate, toFront: boolean): "out" | "dropped" | undefined {
    const now = this.#context.clock.monotonic();
    if (this.#queues.size === 0 && now >= freeAt(rate, this.#slot)) {
      this.#slot = pass(rate, this.#slot, now);
      return "out";
    }
    if (this.#excess === "drop") return "dropped";
    const queue = this.#queues.get(key) ?? [];
    if (this.#excess === "latest")
      for (const item of queue.splice(0)) void this.#waiting.send(item, "dropped");
    const item = this.#waiting.add(delivery, key, toFront);
    if (!item) return undefined;
    if (toFront) queue.unshift(item);
    else queue.push(item);
    this.#queues.set(key, queue);
    this.#plan(rate);
    return undefined;
  }

  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#queues.clear();
  }

  #plan(rate: Rate): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#queues.size === 0) return;
    const due = freeAt(rate, this.#slot) - this.#context.clock.monotonic();
    this.#timer = this.#context.after(Math.max(0, due), () => this.#next(rate));
  }

  #next(rate: Rate): void {
    const item = this.#shift();
    if (item) {
      this.#slot = pass(rate, this.#slot, this.#context.clock.monotonic());
      void this.#waiting.send(item);
    }
    this.#plan(rate);
  }

  /** The next item whose turn it is; its key goes to the end. Items that were flushed meanwhile are passed over. */
  #shift(): Item | undefined {
    for (const [key, queue] of [...this.#queues]) {
      this.#queues.delete(key);
      let item = queue.shift();
      while (item && !this.#waiting.items.includes(item)) item = queue.shift();
      if (queue.length > 0) this.#queues.set(key, queue);
      if (item) return item;
    }
    return undefined;
  }
}
