// A message inside the engine: what nodes see of it, and the delivery trees it belongs to.
import type { Message } from "@millrace/sdk";
import type { Producer } from "../backend/backend.ts";
import type { Fence } from "../backend/leases.ts";
import { derivedWords, formatId, type IdWords, randomWords, wordsOfText } from "./message-id.ts";
import type { Tree } from "./tree.ts";

/** No attributes: one object for all, so that plain messages carry nothing. */
export const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

export class EngineMessage<P = unknown> implements Message<P> {
  readonly topic: string;
  readonly time: number;
  readonly source: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly payload: P;
  /** The trees to settle; undefined for a message that descends from no stream. */
  readonly trees: readonly Tree[] | undefined;
  /** It was read from a stream itself: retried by its tree, not by the node. */
  readonly isRoot: boolean;
  /** It was caused under this lease, and so is what descends from it outside any tree: void once the lease is lost. */
  readonly fence: Fence | undefined;
  /** A stream takes it once by this, whoever publishes it; of what descends from no message. */
  readonly mark: Producer | undefined;
  #words: IdWords | undefined;
  #id: string | undefined;
  #correlation: IdWords | string | undefined;

  constructor(parts: {
    topic: string;
    time: number;
    source: string;
    /** Words, or the id itself; undefined: its own id. */
    correlation: IdWords | string | undefined;
    attributes: Readonly<Record<string, string>>;
    attempt: number;
    payload: P;
    trees: readonly Tree[] | undefined;
    isRoot: boolean;
    /** Words of the id, or the id itself when it came from outside. */
    id: IdWords | string;
    fence?: Fence | undefined;
    mark?: Producer | undefined;
  }) {
    this.topic = parts.topic;
    this.time = parts.time;
    this.source = parts.source;
    this.attributes = parts.attributes;
    this.attempt = parts.attempt;
    this.payload = parts.payload;
    this.trees = parts.trees;
    this.isRoot = parts.isRoot;
    this.fence = parts.fence;
    this.mark = parts.mark;
    this.#correlation = parts.correlation;
    if (typeof parts.id === "string") this.#id = parts.id;
    else this.#words = parts.id;
  }

  get id(): string {
    this.#id ??= formatId(this.words);
    return this.#id;
  }

  get words(): IdWords {
    this.#words ??= this.#id === undefined ? randomWords(this.time) : wordsOfText(this.#id, this.time);
    return this.#words;
  }

  /** What descendants inherit as their correlation. */
  get correlation(): IdWords | string {
    this.#correlation ??= this.#id ?? this.words;
    return this.#correlation;
  }

  get correlationId(): string {
    const correlation = this.correlation;
    if (typeof correlation === "string") return correlation;
    const text = correlation === this.#words ? this.id : formatId(correlation);
    this.#correlation = text;
    return text;
  }

  /** Words for the `count`-th message that the emitter with this `seed` makes from this one. */
  derive(seed: number, count: number): IdWords {
    return derivedWords(this.words, seed, count);
  }

  /** The same message for another try, or as another topic carries it. */
  with(change: {
    attempt?: number;
    topic?: string;
    trees?: readonly Tree[] | undefined;
    isRoot?: boolean;
  }): EngineMessage<P> {
    return new EngineMessage({
      topic: change.topic ?? this.topic,
      time: this.time,
      source: this.source,
      correlation: this.#correlation,
      attributes: this.attributes,
      attempt: change.attempt ?? this.attempt,
      payload: this.payload,
      trees: "trees" in change ? change.trees : this.trees,
      isRoot: change.isRoot ?? this.isRoot,
      fence: this.fence,
      mark: this.mark,
      id: this.#id ?? this.words,
    });
  }

  /** What nodes, logs and the editor may see. */
  toJSON(): Message<P> {
    const { id, topic, time, source, correlationId, attributes, attempt, payload } = this;
    return { id, topic, time, source, correlationId, attributes, attempt, payload };
  }
}
