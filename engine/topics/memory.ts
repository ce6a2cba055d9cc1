// A memory topic: inside one engine, by reference, in order. Each reader has its inbox.
import type { PlannedTopic } from "../flow/plan.ts";
import type { EngineMessage } from "./engine-message.ts";
import type { Inbox } from "./inbox.ts";
import { TAKEN } from "./inbox.ts";
import { Rate } from "./rate.ts";
import { type PayloadCheck, Taps, type Topic, type TopicSubscription } from "./topic.ts";

export class MemoryTopic implements Topic {
  readonly planned: PlannedTopic;
  count = 0;
  readonly #check: PayloadCheck | undefined;
  readonly #taps = new Taps();
  readonly #rate = new Rate();
  #readers: readonly TopicSubscription[] = [];
  #inboxes: readonly Inbox[] = [];

  constructor(options: { planned: PlannedTopic; check: PayloadCheck | undefined }) {
    this.planned = options.planned;
    this.#check = options.check;
  }

  get dropped(): number {
    return this.#inboxes.reduce((sum, inbox) => sum + inbox.dropped, 0);
  }

  /** Messages that wait in the fullest inbox. */
  get waiting(): number {
    return this.#inboxes.reduce((most, inbox) => Math.max(most, inbox.length), 0);
  }

  groups(): { node: string; waiting: number; pending: number; lag: number }[] {
    return this.#readers.map(({ node, inbox }) => ({
      node,
      waiting: inbox.length,
      pending: 0,
      lag: inbox.length,
    }));
  }

  rate(): number {
    return this.#rate.look(performance.now(), this.count);
  }

  publish(message: EngineMessage): Promise<void> {
    this.#check?.(message.payload);
    this.count++;
    if (this.#taps.open) this.#taps.show(message);
    const inboxes = this.#inboxes;
    const trees = message.trees;
    if (trees) for (const tree of trees) for (let index = 0; index < inboxes.length; index++) tree.branch();
    let taken = TAKEN;
    for (const inbox of inboxes) {
      const result = inbox.push(message);
      if (result !== TAKEN) taken = taken === TAKEN ? result : both(taken, result);
    }
    return taken;
  }

  async subscribe(reader: TopicSubscription): Promise<AsyncDisposable> {
    this.#setReaders([...this.#readers, reader]);
    return {
      [Symbol.asyncDispose]: async () => this.#setReaders(this.#readers.filter((other) => other !== reader)),
    };
  }

  tap(listener: (message: EngineMessage) => void): Disposable {
    return this.#taps.add(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#setReaders([]);
  }

  #setReaders(readers: readonly TopicSubscription[]): void {
    this.#readers = readers;
    this.#inboxes = readers.map(({ inbox }) => inbox);
  }
}

async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.all([first, second]);
}
