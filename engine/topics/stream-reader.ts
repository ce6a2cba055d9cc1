// Reads one stream for one node: takes entries within a budget, opens a delivery tree for each, and follows it to
// its end: committed, tried again after a delay, or given up to the dead-letter topic. An entry that is not settled
// stays pending for this consumer, and is found again after a failed read, a restart of the node or of the engine.
import type { StreamEntry, StreamStore, Subscription, TopicAddress } from "../backend/backend.ts";
import type { Clock, ClockTimer } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import { failpoint } from "../base/failpoints.ts";
import type { Logger } from "../base/logger.ts";
import { foreignMessage, type TopicCodec } from "../codec/index.ts";
import type { PlannedTopic, Retry } from "../flow/plan.ts";
import type { Committer } from "./committer.ts";
import { deadLetter } from "./dead-letter.ts";
import type { EngineMessage } from "./engine-message.ts";
import { messageFromWire } from "./from-wire.ts";
import type { Inbox } from "./inbox.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { Tree, type TreeEnd, type TreeFailure } from "./tree.ts";

/** Entries of one node that may be under way. */
export const TICKETS = 64;
const WAIT_MS = 2_000;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;

export interface StreamReaderOptions {
  readonly streams: StreamStore;
  readonly committer: Committer;
  readonly subscription: Subscription;
  readonly planned: PlannedTopic;
  readonly codec: TopicCodec;
  /** Where messages are given up to, and how they are written there. */
  readonly dead: { readonly address: TopicAddress; readonly codec: TopicCodec } | undefined;
  /** As it stands now: a deploy may change it. */
  readonly retry: () => Retry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every entry taken, for counts and taps. */
  readonly onMessage: (message: EngineMessage) => void;
}

interface Open {
  readonly entry: StreamEntry;
  readonly attempt: number;
  tree: Tree | undefined;
  message: EngineMessage | undefined;
  timer: ClockTimer | undefined;
}

export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #stop = new AbortController();
  #reading = new AbortController();
  readonly #open = new Map<string, Open>();
  #inboxes: readonly Inbox[] = [];
  #loop: Promise<void> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #pendingFirst = true;
  #idle: PromiseWithResolvers<void> | undefined;
  readonly #beforeDeadLetter = failpoint("before-dead-letter");

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  get inboxCount(): number {
    return this.#inboxes.length;
  }

  addInbox(inbox: Inbox): void {
    this.#inboxes = [...this.#inboxes, inbox];
  }

  /** Begins to read, or goes on. Nothing is read before. */
  resume(): void {
    if (this.#stop.signal.aborted) return;
    this.#reading = new AbortController();
    this.#loop = (this.#loop ?? Promise.resolve()).then(() => this.#run(this.#reading.signal));
  }

  /** Reads no more; what is under way goes on, and is still this reader's. */
  pause(): void {
    this.#reading.abort();
    this.#room?.resolve();
  }

  removeInbox(inbox: Inbox): void {
    this.#inboxes = this.#inboxes.filter((other) => other !== inbox);
  }

  /** The backend was away: entries may have been handed out in a reply that never came. */
  recheckPending(): void {
    this.#pendingFirst = true;
  }

  /**
   * Takes nothing more; entries whose work has not begun, or waits for another try, are let go (they stay
   * pending). Resolves when nothing of it is under way, at the latest when `abandon` is called.
   */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.pause();
    for (const [id, open] of this.#open) {
      if (open.tree) continue;
      open.timer?.cancel();
      this.#open.delete(id);
    }
    await this.#loop;
    if (this.#open.size > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
  }

  /** Gives up what is still under way: nothing of it will be committed, and its entries come again. */
  abandon(): void {
    for (const open of this.#open.values()) {
      open.timer?.cancel();
      open.tree?.abandon();
    }
    this.#open.clear();
    this.#idle?.resolve();
  }

  /** How a tree of this reader ended. */
  released(entryId: string, end: TreeEnd): void {
    const open = this.#open.get(entryId);
    if (!open) return;
    if (typeof end === "object" && !this.#stop.signal.aborted) {
      void this.#failed(open, end);
      return;
    }
    if (end === "fenced") {
      this.#options.log.warn(
        `Entry ${entryId} was settled elsewhere; what was done with it here is dropped.`,
      );
    }
    this.#close(entryId);
  }

  async #run(reading: AbortSignal): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!reading.aborted) {
      try {
        if (this.#pendingFirst) {
          this.#pendingFirst = false;
          await this.#drainOwnPending(reading);
        }
        if (!(await this.#hasRoom(reading))) return;
        const { streams, subscription } = this.#options;
        const count = TICKETS - this.#open.size;
        const entries = await streams.read(subscription, { count, waitMs: WAIT_MS, signal: reading });
        for (const entry of entries) this.#begin(entry, entry.deliveries + 1);
        backoffMs = FIRST_BACKOFF_MS;
      } catch (error) {
        if (reading.aborted) return;
        this.#pendingFirst = true;
        this.#options.log.warn(
          `Cannot read topic "${this.#options.planned.name}": ${errorText(error)} Trying again.`,
        );
        await this.#sleep(backoffMs, reading);
        backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
      }
    }
  }

  async #drainOwnPending(reading: AbortSignal): Promise<void> {
    const { streams, subscription } = this.#options;
    let after = "0";
    for (;;) {
      const entries = await streams.readOwnPending(subscription, after, TICKETS);
      for (const entry of entries) {
        after = entry.id;
        if (this.#open.has(entry.id)) continue;
        if (!(await this.#hasRoom(reading))) return;
        this.#begin(entry, Math.max(1, entry.deliveries));
      }
      if (entries.length < TICKETS) return;
    }
  }

  /** False when it shall not read. Refills by halves, so that reads carry many. */
  async #hasRoom(reading: AbortSignal): Promise<boolean> {
    while (this.#open.size > TICKETS / 2 && !reading.aborted) {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
    return !reading.aborted;
  }

  #begin(entry: StreamEntry, attempt: number): void {
    const open: Open = { entry, attempt, tree: undefined, message: undefined, timer: undefined };
    this.#open.set(entry.id, open);
    this.#deliver(open);
  }

  #deliver(open: Open): void {
    const { committer, subscription, planned, codec } = this.#options;
    if (this.#stop.signal.aborted) {
      this.#close(open.entry.id);
      return;
    }
    const { entry } = open;
    const owner = { released: (_: Tree, end: TreeEnd) => this.released(entry.id, end) };
    const tree = new Tree(owner, committer, { subscription, id: entry.id });
    open.tree = tree;
    try {
      const wire = entry.body === undefined ? foreignMessage(entry.fields ?? {}) : codec.decode(entry.body);
      const arrived = Number.parseInt(entry.id, 10);
      open.message = messageFromWire(wire, {
        topic: planned.name,
        arrived,
        entry: entry.id,
        attempt: open.attempt,
        trees: [tree],
      });
    } catch (error) {
      void this.#giveUp(open, { error, node: "" });
      return;
    }
    if (open.attempt === 1) this.#options.onMessage(open.message);
    for (let index = 1; index < this.#inboxes.length; index++) tree.branch();
    if (this.#inboxes.length === 0) {
      tree.abandon();
      tree.settle();
    }
    for (const inbox of this.#inboxes) void inbox.push(open.message).catch(() => undefined);
  }

  async #failed(open: Open, failure: TreeFailure): Promise<void> {
    const { clock } = this.#options;
    const retry = this.#options.retry();
    const mayRetry = !(
      failure.error instanceof Error &&
      "retry" in failure.error &&
      failure.error.retry === false
    );
    if (!mayRetry || open.attempt >= retry.attempts) {
      await this.#giveUp(open, failure);
      return;
    }
    const next: Open = { ...open, attempt: open.attempt + 1, tree: undefined, message: undefined };
    this.#open.set(open.entry.id, next);
    next.timer = clock.schedule(retryDelayMs(retry, open.attempt, Math.random()), () => {
      next.timer = undefined;
      this.#deliver(next);
    });
  }

  async #giveUp(open: Open, failure: TreeFailure): Promise<void> {
    const { committer, dead, subscription, planned, log } = this.#options;
    const reason = errorText(failure.error);
    try {
      const effects = dead
        ? [
            {
              kind: "append" as const,
              stream: dead.address,
              body: deadLetter(open, failure, planned.name, dead.codec),
            },
          ]
        : [];
      if (this.#beforeDeadLetter) await this.#beforeDeadLetter();
      await committer.commit({ inputs: [{ subscription, id: open.entry.id }], effects });
      log.error(`A message on "${planned.name}" was given up after ${open.attempt} attempts: ${reason}`, {
        entry: open.entry.id,
        ...(failure.node ? { failed: failure.node } : {}),
        ...(dead ? { deadLetter: dead.address.topic } : {}),
      });
    } catch (error) {
      log.error(
        `A message on "${planned.name}" could not be given up and will come again: ${errorText(error)}`,
      );
      await this.#sleep(LAST_BACKOFF_MS, this.#stop.signal);
      this.#pendingFirst = true;
    }
    this.#close(open.entry.id);
  }

  #close(entryId: string): void {
    this.#open.delete(entryId);
    if (this.#open.size <= TICKETS / 2) {
      this.#room?.resolve();
      this.#room = undefined;
    }
    if (this.#open.size === 0) this.#idle?.resolve();
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = this.#options.clock.schedule(ms, done);
      signal.addEventListener("abort", done);
    });
  }
}
