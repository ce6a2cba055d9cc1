// Splits a stream of messages as if it were one long text, buffer or array: a piece that a message leaves unfinished
// waits, unsettled, for the next one.
import type { Delivery, Message } from "@millrace/sdk";
import type { Parts } from "./parts.ts";
import { append, isWhole, type Pieces, piecesOf, type SplitOptions } from "./pieces.ts";

export type Send = (value: unknown, parts: Parts, from: readonly (Delivery | Message)[]) => Promise<void>;

export class StreamSplitter {
  readonly #options: SplitOptions;
  readonly #send: Send;
  readonly #limit: number;
  #id: string | undefined;
  #index = 0;
  #rest: unknown;
  #held: Delivery[] = [];

  constructor(options: SplitOptions, limit: number, send: Send) {
    this.#options = options;
    this.#send = send;
    this.#limit = limit;
  }

  /** Sends the pieces that a value completes. `complete` sends the unfinished one too, and starts a new stream. */
  async take(value: unknown, delivery: Delivery, complete: boolean): Promise<void> {
    const pieces = piecesOf(append(this.#rest, value), this.#options);
    const values = [...pieces.values];
    const last =
      complete || values.length === 0 || isWhole(values.at(-1), this.#options) ? undefined : values.pop();
    this.#checkSize(last);
    this.#id ??= delivery.message.id;
    const held = this.#held;
    if (values.length > 0) this.#held = [];
    this.#rest = last;
    if (last !== undefined) this.#held.push(delivery.hold());
    for (const [place, piece] of values.entries()) {
      const total = complete && place === values.length - 1 ? this.#index + 1 : undefined;
      const from = place === 0 ? [...held, delivery] : [delivery];
      await this.#send(piece, this.#partsOf(pieces, total), from);
      this.#index++;
    }
    if (values.length > 0) for (const each of held) each.settle();
    if (complete) this.#start();
  }

  /** Forgets the unfinished piece. */
  reset(): void {
    for (const delivery of this.#held) delivery.settle();
    this.#start();
  }

  #start(): void {
    this.#id = undefined;
    this.#index = 0;
    this.#rest = undefined;
    this.#held = [];
  }

  #partsOf(pieces: Pieces, count: number | undefined): Parts {
    const { type, separator, chunked = false } = pieces;
    return { id: this.#id ?? "", index: this.#index, count, type, key: undefined, separator, chunked };
  }

  #checkSize(rest: unknown): void {
    const size =
      typeof rest === "string" || Array.isArray(rest) || rest instanceof Uint8Array ? rest.length : 0;
    if (size <= this.#limit && this.#held.length < this.#limit) return;
    this.reset();
    throw new RangeError(
      `An unfinished part is longer than ${this.#limit}. Check the separator, or raise "limit".`,
    );
  }
}
