// What all topics have in common, whatever carries their messages.
import type { PlannedTopic } from "../flow/plan.ts";
import type { EngineMessage } from "./engine-message.ts";
import type { Inbox } from "./inbox.ts";

/** How a node hears a topic. */
export interface TopicSubscription {
  /** Id of the node, which names the group of a stream. */
  readonly node: string;
  readonly inbox: Inbox;
  /** Stream only: where a group that does not exist yet begins. */
  readonly from: "new" | "start";
}

export interface Topic extends AsyncDisposable {
  readonly planned: PlannedTopic;
  /** Messages that went in here since the start, from this engine (pubsub with readers: those that arrived). */
  readonly count: number;
  /** Messages per second over the last seconds. */
  rate(): number;
  /** Messages left out: dropped at a limit, unreadable, refused. */
  readonly dropped: number;
  /**
   * Takes a message: the promise resolves when the topic has it (stream: durably; within a delivery tree: when it is
   * held for the commit) and there is room for the next. Rejects when it was refused.
   */
  publish(message: EngineMessage): Promise<void>;
  /** Delivers to the inbox from when the promise resolves, until the handle is disposed. */
  subscribe(subscription: TopicSubscription): Promise<AsyncDisposable>;
  /** Hears every message that goes through this engine, for people who watch. Never slows the topic. */
  tap(listener: (message: EngineMessage) => void): Disposable;
}

/** Refuses a payload that does not fit; made from the topic's schema when it asks for checks at run time. */
export type PayloadCheck = (payload: unknown) => void;

/** Listeners that are shown messages. A listener that throws is its own problem. */
export class Taps {
  readonly #listeners = new Set<(message: EngineMessage) => void>();

  get open(): boolean {
    return this.#listeners.size > 0;
  }

  add(listener: (message: EngineMessage) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  show(message: EngineMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}
