// Deliveries that wait, oldest first, so many at most. Leaving means being sent, dropped or forgotten.
import { type Delivery, Failure } from "@millrace/sdk";

/** One held delivery. */
export interface Item {
  readonly delivery: Delivery;
  readonly key: string;
  /** Set when it waits for a timer of its own. */
  timer?: Disposable;
}

export interface WaitingOptions {
  readonly limit: number;
  readonly overflow: "fail" | "drop-oldest" | "drop-newest";
  /** Sends a message out of a port; its delivery is settled after. */
  readonly emit: (port: "out" | "dropped", delivery: Delivery) => Promise<void>;
  readonly changed: (count: number) => void;
}

export class Waiting {
  readonly #options: WaitingOptions;
  #items: Item[] = [];

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Holds a delivery. Undefined when there was no room for it: then it was dropped. Throws when that is a failure. */
  add(delivery: Delivery, key: string, toFront: boolean): Item | undefined {
    const { limit, overflow } = this.#options;
    if (this.#items.length >= limit) {
      if (overflow === "fail") {
        throw new Failure(`${limit} messages wait already. Raise "limit", or let "overflow" drop some.`, {
          code: "delay/full",
        });
      }
      const oldest = this.#items[0];
      if (overflow === "drop-newest" || !oldest) {
        void this.send({ delivery: delivery.hold(), key }, "dropped");
        return undefined;
      }
      void this.send(oldest, "dropped");
    }
    const item: Item = { delivery: delivery.hold(), key };
    if (toFront) this.#items.unshift(item);
    else this.#items.push(item);
    this.#options.changed(this.#items.length);
    return item;
  }

  /** Sends an item on its way and settles its delivery, as failed when the topics refuse it. */
  async send(item: Item, port: "out" | "dropped" = "out"): Promise<void> {
    this.#remove(item);
    try {
      await this.#options.emit(port, item.delivery);
      item.delivery.settle();
    } catch (error) {
      item.delivery.fail(error);
    }
  }

  /** Forgets an item: its delivery is settled, nothing is sent. */
  forget(item: Item): void {
    this.#remove(item);
    item.delivery.settle();
  }

  #remove(item: Item): void {
    item.timer?.[Symbol.dispose]();
    const at = this.#items.indexOf(item);
    if (at < 0) return;
    this.#items.splice(at, 1);
    this.#options.changed(this.#items.length);
  }
}
