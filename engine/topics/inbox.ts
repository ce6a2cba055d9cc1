// Where messages wait for one input of one node: bounded, in order. Survives a restart of its node.
import { topicFull } from "../base/errors/topics.ts";
import type { Overflow } from "../flow/document.ts";
import { Deque } from "./deque.ts";
import type { EngineMessage } from "./engine-message.ts";

/** Already resolved: what an emit returns when nothing has to be waited for. */
export const TAKEN: Promise<void> = Promise.resolve();

/** Emitters that do not wait for room are refused at this many times the limit. */
const PATIENCE = 10;

export class Inbox {
  readonly topic: string;
  readonly port: string;
  limit: number;
  overflow: Overflow;
  /** Messages refused or dropped because it was full. */
  dropped = 0;
  readonly #queue = new Deque<EngineMessage>();
  #room: PromiseWithResolvers<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(options: { topic: string; port: string; limit: number; overflow: Overflow }) {
    this.topic = options.topic;
    this.port = options.port;
    this.limit = options.limit;
    this.overflow = options.overflow;
  }

  get length(): number {
    return this.#queue.length;
  }

  /** Who is told that a message has arrived; undefined: nobody, messages just wait. */
  get onArrival(): (() => void) | undefined {
    return this.#wake;
  }

  set onArrival(wake: (() => void) | undefined) {
    this.#wake = wake;
    if (wake && this.#queue.length > 0) wake();
  }

  /** Takes a message. The promise resolves when there is room again; rejects when the message was refused. */
  push(message: EngineMessage): Promise<void> {
    if (this.#queue.length >= this.limit) return this.#pushFull(message);
    this.#queue.push(message);
    this.#wake?.();
    return TAKEN;
  }

  /** Puts back a message that was taken and not handled. */
  putBack(message: EngineMessage): void {
    this.#queue.unshift(message);
  }

  /** Takes a message that goes before all others, also when there is no room. */
  pushFirst(message: EngineMessage): void {
    this.#queue.unshift(message);
    this.#wake?.();
  }

  shift(): EngineMessage | undefined {
    const message = this.#queue.shift();
    if (this.#room && this.#queue.length < this.limit) {
      this.#room.resolve();
      this.#room = undefined;
    }
    return message;
  }

  /**
   * Empties it, for a wire that is gone. How many messages are lost by that: what descends from a stream is not, it
   * comes again from there.
   */
  discard(): number {
    let lost = 0;
    for (let message = this.shift(); message; message = this.shift()) {
      if (!message.trees) lost++;
      abandonMessage(message);
    }
    return lost;
  }

  #pushFull(message: EngineMessage): Promise<void> {
    switch (this.overflow) {
      case "drop-newest":
        this.dropped++;
        settleMessage(message);
        return TAKEN;
      case "drop-oldest": {
        const oldest = this.#queue.shift();
        if (oldest) settleMessage(oldest);
        this.dropped++;
        this.#queue.push(message);
        this.#wake?.();
        return TAKEN;
      }
      case "wait":
        if (this.#queue.length < this.limit * PATIENCE) {
          this.#queue.push(message);
          this.#wake?.();
          this.#room ??= Promise.withResolvers();
          return this.#room.promise;
        }
        return this.#refuse(message);
      case "fail":
        return this.#refuse(message);
    }
  }

  #refuse(message: EngineMessage): Promise<void> {
    this.dropped++;
    settleMessage(message);
    return Promise.reject(topicFull({ topic: this.topic, limit: this.limit }));
  }
}

/** One branch of the message's trees has ended well (or was dropped on purpose). */
export function settleMessage(message: EngineMessage): void {
  if (message.trees) for (const tree of message.trees) tree.settle();
}

function abandonMessage(message: EngineMessage): void {
  if (!message.trees) return;
  for (const tree of message.trees) {
    tree.abandon();
    tree.settle();
  }
}
