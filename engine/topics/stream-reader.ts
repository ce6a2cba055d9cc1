// Reads one stream for one node: takes entries within a budget, opens a delivery tree for each, and follows it to
// its end: committed, put aside to be tried again, or given up to the dead-letter topic. An entry that is not settled
// stays pending, and is found again after a failed read, a restart of the node, of this engine, or by another engine.
import type { StreamEntry } from "../backend/backend.ts";
import type { ClockTimer } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import { failpoint } from "../base/failpoints.ts";
import { Budget } from "./budget.ts";
import { EntryHandling, type OpenEntry, openEntry, type StreamReaderOptions } from "./entry-handling.ts";
import type { EntryReader } from "./entry-reader.ts";
import type { Inbox } from "./inbox.ts";
import type { TreeEnd, TreeFailure } from "./tree.ts";

const WAIT_MS = 2_000;
const FIRST_BACKOFF_MS = 100;
/** Work goes on within two seconds once the backend is back. */
const LAST_BACKOFF_MS = 1_000;
/** How often to look for what other engines have put aside; what this one puts aside it takes up in time. */
const LOOK_FOR_DUE_MS = 5_000;
/** Longest pause before an entry whose commit was refused is handled again. */
const CONTENTION_MS = 50;

interface Open extends OpenEntry {
  /** Told when it is not under way any more. */
  readonly onClosed: (() => void) | undefined;
}

interface BeginOptions {
  readonly onClosed?: () => void;
  /** Before what waits in the inboxes already. */
  readonly goesFirst?: boolean;
}

export class StreamReader implements EntryReader {
  readonly #options: StreamReaderOptions;
  readonly #handling: EntryHandling;
  readonly #stop = new AbortController();
  #reading = new AbortController();
  /** Ends the read that waits now, not the reading. */
  #waiting = new AbortController();
  readonly #gone: Set<string>;
  readonly #open = new Map<string, Open>();
  readonly #budget = new Budget();
  #loop: Promise<void> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #pendingFirst = true;
  /** Entries that were closed while the own pending ones are looked through: what is seen of those may be old. */
  #closedMeanwhile: Set<string> | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  #lookForDue: ClockTimer | undefined;
  #inheriting: Promise<void> | undefined;
  /** Commits that were refused since the last one that was not. */
  #refused = 0;
  /** Something was let go that is not settled. */
  #leftSome = false;
  readonly #duringClaim = failpoint("during-claim");

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#handling = new EntryHandling(options);
    this.#gone = new Set(options.gone);
  }

  get inboxCount(): number {
    return this.#handling.inboxes.length;
  }

  addInbox(inbox: Inbox): void {
    this.#handling.inboxes = [...this.#handling.inboxes, inbox];
  }

  /** Begins to read, or goes on. Nothing is read before. */
  resume(): void {
    if (this.#stop.signal.aborted) return;
    const reading = new AbortController();
    this.#reading = reading;
    this.#loop = (this.#loop ?? Promise.resolve()).then(() => this.#run(reading.signal));
    this.#inherit();
    this.#planLook(0);
  }

  /** Reads no more; what is under way goes on, and is still this reader's. */
  pause(): void {
    this.#reading.abort();
    this.#waiting.abort();
    this.#lookForDue?.cancel();
    this.#room?.resolve();
    this.#room = undefined;
  }

  removeInbox(inbox: Inbox): void {
    this.#handling.inboxes = this.#handling.inboxes.filter((other) => other !== inbox);
  }

  /** The backend was away: entries may have been handed out in a reply that never came. */
  recheckPending(): void {
    this.#pendingFirst = true;
    this.#waiting.abort();
  }

  /** The consumer is gone for good. True when it is known that nothing is left of what it held. */
  takeOver(consumer: string, isNew: boolean): boolean {
    if (isNew) this.#gone.add(consumer);
    this.#inherit();
    return !this.#gone.has(consumer);
  }

  /** Takes nothing more. Resolves when nothing of it is under way, at the latest when `abandon` is called. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.pause();
    await this.#loop;
    await this.#inheriting;
    if (this.#open.size > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    this.#release();
  }

  /** Gives up what is still under way: nothing of it will be committed, and its entries come again. */
  abandon(): void {
    if (this.#open.size > 0) this.#leftSome = true;
    this.#options.counts.abandoned += this.#open.size;
    for (const open of this.#open.values()) {
      this.#budget.giveBack(open.entry);
      open.tree?.abandon();
      open.onClosed?.();
    }
    this.#open.clear();
    this.#idle?.resolve();
  }

  /** How a tree of this reader ended. */
  released(open: Open, end: TreeEnd): void {
    if (this.#open.get(open.entry.id) !== open) return;
    if (typeof end === "object") {
      void this.#failed(open, end);
      return;
    }
    this.#options.counts[end]++;
    switch (end) {
      case "committed":
        this.#refused = 0;
        break;
      case "abandoned":
        this.#leftSome = true;
        this.recheckPending();
        break;
      case "fenced":
      case "undone":
        // It is another engine's now, or state had changed. In the second case it is found among what is pending.
        this.#refused++;
        this.#leftSome = true;
        this.recheckPending();
        break;
    }
    this.#close(open);
  }

  async #run(reading: AbortSignal): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!reading.aborted) {
      try {
        if (this.#pendingFirst) await this.#drainOwnPending(reading);
        if (!(await this.#hasRoom(reading))) return;
        if (this.#waiting.signal.aborted) {
          this.#waiting = new AbortController();
          if (this.#pendingFirst) continue;
        }
        const { streams, subscription } = this.#options;
        const count = this.#budget.room;
        const { signal } = this.#waiting;
        const entries = await streams.read(subscription, { count, waitMs: WAIT_MS, signal });
        this.#options.counts.taken += entries.length;
        for (const entry of entries) this.#begin(entry, 0);
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
    // Engines that contend for the same state meet again less often.
    if (this.#refused > 0) await this.#sleep(Math.random() * Math.min(this.#refused, CONTENTION_MS), reading);
    this.#pendingFirst = false;
    const closed = new Set<string>();
    this.#closedMeanwhile = closed;
    try {
      await this.#beginOwnPending(reading, closed);
    } finally {
      this.#closedMeanwhile = undefined;
    }
  }

  async #beginOwnPending(reading: AbortSignal, closed: ReadonlySet<string>): Promise<void> {
    const { streams, subscription } = this.#options;
    let after = "0";
    for (;;) {
      const count = this.#budget.room;
      const entries = await streams.readOwnPending(subscription, after, count);
      for (const entry of entries) {
        after = entry.id;
        if (this.#open.has(entry.id)) continue;
        if (!(await this.#hasRoom(reading))) return;
        if (closed.has(entry.id)) continue;
        this.#options.counts.redelivered++;
        this.#begin(entry, Math.max(0, entry.deliveries - 1));
      }
      if (entries.length < count) return;
    }
  }

  /**
   * Takes over what consumers that are gone have left, one entry after the other, since one of them may have ended its
   * consumer. They go before what waits for the node already, so that it does not take long.
   */
  #inherit(): void {
    if (this.#inheriting || this.#gone.size === 0 || this.#reading.signal.aborted || !this.#loop) return;
    this.#inheriting = this.#takeOverAll(this.#reading.signal)
      .catch((error) => this.#options.log.warn(`What others left is not yet taken over: ${errorText(error)}`))
      .finally(() => {
        this.#inheriting = undefined;
      });
  }

  async #takeOverAll(reading: AbortSignal): Promise<void> {
    for (const consumer of this.#gone) {
      while (!reading.aborted && (await this.#takeOverOne(consumer, reading)));
      if (reading.aborted) return;
      this.#gone.delete(consumer);
    }
  }

  /** False when there is none left. */
  async #takeOverOne(consumer: string, reading: AbortSignal): Promise<boolean> {
    const { streams, subscription, quarantine, counts } = this.#options;
    const leave = await quarantine.enter();
    let entry: StreamEntry | undefined;
    try {
      if (!reading.aborted) [entry] = await streams.claim(subscription, consumer, 1);
      if (entry && this.#duringClaim) await this.#duringClaim();
    } catch (error) {
      leave();
      throw error;
    }
    if (!entry) {
      leave();
      return false;
    }
    counts.claimed++;
    this.#begin(entry, entry.deliveries, { onClosed: leave, goesFirst: true });
    if (entry.deliveries > 0) return true;
    leave(); // let go in an orderly way: it needs no watching, but room like any other
    return this.#hasRoom(reading);
  }

  /** Takes up what was put aside and is due. */
  async #takeDue(reading: AbortSignal): Promise<void> {
    const { streams, subscription, log } = this.#options;
    let nextMs: number | undefined;
    try {
      if (!(await this.#hasRoom(reading))) return;
      const due = await streams.takeDue(subscription, this.#budget.room);
      this.#options.counts.retried += due.entries.length;
      for (const entry of due.entries) this.#begin(entry, entry.deliveries);
      nextMs = due.nextMs;
    } catch (error) {
      log.debug(`What was put aside is not yet taken up: ${errorText(error)}`);
    }
    this.#planLook(Math.min(nextMs ?? LOOK_FOR_DUE_MS, LOOK_FOR_DUE_MS));
  }

  #planLook(ms: number): void {
    const reading = this.#reading.signal;
    if (reading.aborted) return;
    this.#lookForDue?.cancel();
    this.#lookForDue = this.#options.clock.schedule(ms, () => void this.#takeDue(reading));
  }

  /** False when it shall not read. */
  async #hasRoom(reading: AbortSignal): Promise<boolean> {
    while (!this.#budget.isHalfFree && !reading.aborted) {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
    return !reading.aborted;
  }

  #begin(entry: StreamEntry, crashes: number, options: BeginOptions = {}): void {
    const { onClosed, goesFirst = false } = options;
    const open: Open = { ...openEntry(entry, crashes), onClosed };
    this.#open.set(entry.id, open);
    this.#budget.take(entry);
    if (this.#stop.signal.aborted) {
      this.#leftSome = true;
      this.#close(open);
      return;
    }
    const pointless = this.#handling.deliver(open, { onEnd: (end) => this.released(open, end), goesFirst });
    if (pointless) void this.#giveUp(open, pointless);
  }

  async #failed(open: Open, failure: TreeFailure): Promise<void> {
    const { streams, subscription, planned, log, counts } = this.#options;
    const delayMs = this.#handling.retryAfter(open, failure);
    if (delayMs === undefined) {
      await this.#giveUp(open, failure);
      return;
    }
    try {
      const mine = await streams.defer(subscription, open.entry.id, delayMs);
      counts[mine ? "deferred" : "fenced"]++;
    } catch (error) {
      log.warn(`A failed message on "${planned.name}" was not put aside: ${errorText(error)}`);
      this.recheckPending();
    }
    this.#close(open);
    this.#planLook(delayMs);
  }

  async #giveUp(open: Open, failure: TreeFailure): Promise<void> {
    const { planned, log } = this.#options;
    try {
      await this.#handling.giveUp(open, failure);
    } catch (error) {
      log.error(
        `A message on "${planned.name}" could not be given up and will come again: ${errorText(error)}`,
      );
      await this.#sleep(LAST_BACKOFF_MS, this.#stop.signal);
      this.#leftSome = true;
      this.recheckPending();
    }
    this.#close(open);
  }

  #close(open: Open): void {
    open.onClosed?.();
    if (this.#open.get(open.entry.id) !== open) return;
    this.#open.delete(open.entry.id);
    this.#budget.giveBack(open.entry);
    this.#closedMeanwhile?.add(open.entry.id);
    if (this.#budget.isHalfFree) {
      this.#room?.resolve();
      this.#room = undefined;
    }
    if (this.#open.size === 0) this.#idle?.resolve();
  }

  /** What is let go at an orderly end did not cause it. */
  #release(): void {
    if (!this.#leftSome) return;
    const { streams, subscription, log } = this.#options;
    streams.release(subscription).catch((error) => log.debug(`Nothing was released: ${errorText(error)}`));
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
