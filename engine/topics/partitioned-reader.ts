// Reads the parts of a divided topic that this engine has, for one node: a reader for each, in order within it.
import type { Fence } from "../backend/backend.ts";
import type { EntryReader } from "./entry-reader.ts";
import type { Inbox } from "./inbox.ts";

/** Is told which parts are this engine's; as `PartHolder` of the cluster. */
export interface PartTaker {
  gained(part: number, fence: Fence | undefined): void;
  lost(part: number, signal: AbortSignal): Promise<void>;
}

/** What topics ask of the cluster: which parts of what is divided are this engine's. */
export interface PartSharing {
  share(
    what: { readonly flow: string; readonly name: string; readonly count: number },
    taker: PartTaker,
  ): AsyncDisposable;
}

export interface PartitionedReaderOptions {
  /** Makes the reader of a part. */
  readonly make: (part: number, fence: Fence | undefined) => EntryReader;
  /** Takes part in sharing the parts out, until disposed. */
  readonly share: (taker: PartTaker) => AsyncDisposable;
}

export class PartitionedReader implements EntryReader, PartTaker {
  readonly #options: PartitionedReaderOptions;
  readonly #parts = new Map<number, EntryReader>();
  #inboxes: readonly Inbox[] = [];
  #share: AsyncDisposable | undefined;
  #reads = false;

  constructor(options: PartitionedReaderOptions) {
    this.#options = options;
  }

  get inboxCount(): number {
    return this.#inboxes.length;
  }

  gained(part: number, fence: Fence | undefined): void {
    const reader = this.#options.make(part, fence);
    for (const inbox of this.#inboxes) reader.addInbox(inbox);
    this.#parts.set(part, reader);
    if (this.#reads) reader.resume();
  }

  async lost(part: number, signal: AbortSignal): Promise<void> {
    const reader = this.#parts.get(part);
    if (!reader) return;
    this.#parts.delete(part);
    const abandon = () => reader.abandon();
    signal.addEventListener("abort", abandon);
    const stopped = reader.stop();
    if (signal.aborted) abandon();
    await stopped;
    signal.removeEventListener("abort", abandon);
  }

  addInbox(inbox: Inbox): void {
    this.#inboxes = [...this.#inboxes, inbox];
    for (const reader of this.#parts.values()) reader.addInbox(inbox);
  }

  removeInbox(inbox: Inbox): void {
    this.#inboxes = this.#inboxes.filter((other) => other !== inbox);
    for (const reader of this.#parts.values()) reader.removeInbox(inbox);
  }

  resume(): void {
    this.#reads = true;
    for (const reader of this.#parts.values()) reader.resume();
    this.#share ??= this.#options.share(this);
  }

  pause(): void {
    this.#reads = false;
    for (const reader of this.#parts.values()) reader.pause();
  }

  recheckPending(): void {
    for (const reader of this.#parts.values()) reader.recheckPending();
  }

  takeOver(): boolean {
    return true; // a part brings along what others held of it
  }

  /** The parts are given back when nothing of them is under way any more. */
  async stop(): Promise<void> {
    this.#reads = false;
    const readers = [...this.#parts.values()];
    await Promise.all(readers.map((reader) => reader.stop()));
    await this.#share?.[Symbol.asyncDispose]();
    await Promise.all([...this.#parts.values()].map((reader) => reader.stop()));
    this.#parts.clear();
  }

  abandon(): void {
    for (const reader of this.#parts.values()) reader.abandon();
  }
}
