// Reads one part of a divided topic for one node, in order: what it hands out is committed in the order of the stream,
// and an entry that failed holds up all behind it until it is settled. Those behind it that were handled meanwhile come
// to nothing and are handled again. One engine reads a part at a time; the fence in its options says so to the backend.
import type { StreamEntry } from "../backend/backend.ts";
import type { ClockTimer } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import { Budget } from "./budget.ts";
import { EntryHandling, type OpenEntry, openEntry, type StreamReaderOptions } from "./entry-handling.ts";
import type { EntryReader } from "./entry-reader.ts";
import type { Inbox } from "./inbox.ts";
import type { Tree, TreeEnd, TreeFailure } from "./tree.ts";

/** More than one reader can hold. */
const ALL = 1_000;
const WAIT_MS = 2_000;
const FIRST_BACKOFF_MS = 20;
const LAST_BACKOFF_MS = 1_000;
const RELEASE_WITHIN_MS = 1_000;

interface Placed extends OpenEntry {
  /** Its tree has not ended. */
  underWay: boolean;
}

export class OrderedReader implements EntryReader {
  readonly #options: StreamReaderOptions;
  readonly #handling: EntryHandling;
  readonly #stop = new AbortController();
  #reading = new AbortController();
  /** Ends the read that waits now, not the reading. */
  #waiting = new AbortController();
  /** In the order of the stream. */
  readonly #window: Placed[] = [];
  readonly #budget = new Budget();
  /** What others left is taken first, one by one, so that it shows what ends a process. */
  #inheriting = true;
  #recheck = true;
  /** The first of the window waits for its next attempt. */
  #blocked: ClockTimer | undefined;
  #loop: Promise<void> | undefined;
  #woken: PromiseWithResolvers<void> = Promise.withResolvers();
  #idle: PromiseWithResolvers<void> | undefined;
  #backoffMs = FIRST_BACKOFF_MS;
  #leftSome = false;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#handling = new EntryHandling(options);
  }

  get inboxCount(): number {
    return this.#handling.inboxes.length;
  }

  addInbox(inbox: Inbox): void {
    this.#handling.inboxes = [...this.#handling.inboxes, inbox];
  }

  removeInbox(inbox: Inbox): void {
    this.#handling.inboxes = this.#handling.inboxes.filter((other) => other !== inbox);
  }

  resume(): void {
    if (this.#stop.signal.aborted) return;
    const reading = new AbortController();
    this.#reading = reading;
    this.#loop = (this.#loop ?? Promise.resolve()).then(() => this.#run(reading.signal));
  }

  pause(): void {
    this.#reading.abort();
    this.#wake();
  }

  recheckPending(): void {
    this.#recheck = true;
    this.#wake();
  }

  /** What others held of this part was taken when the part became this engine's. */
  takeOver(): boolean {
    return true;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.pause();
    this.#blocked?.cancel();
    await this.#loop;
    if (this.#isBusy()) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    await this.#release();
  }

  abandon(): void {
    const { counts } = this.#options;
    for (const placed of this.#emptyWindow()) {
      this.#leftSome = true;
      counts.abandoned++;
      placed.tree?.abandon();
    }
    this.#recheck = true;
    this.#idle?.resolve();
  }

  async #run(reading: AbortSignal): Promise<void> {
    while (!reading.aborted) {
      this.#woken = Promise.withResolvers();
      if (this.#waiting.signal.aborted) this.#waiting = new AbortController();
      try {
        this.#deliverWaiting();
        if (await this.#fetch(reading)) continue;
      } catch (error) {
        if (reading.aborted) return;
        this.#recheck = true;
        this.#options.log.warn(
          `Cannot read topic "${this.#options.planned.name}": ${errorText(error)} Trying again.`,
        );
        await this.#backOff();
        continue;
      }
      if (!reading.aborted) await this.#woken.promise;
    }
  }

  /** Gets more for the window when it may; false when there is nothing to do before something happens. */
  async #fetch(reading: AbortSignal): Promise<boolean> {
    const { streams, subscription, counts, clock, fence } = this.#options;
    if (this.#recheck) {
      if (this.#isBusy() || this.#blocked) return false;
      this.#recheck = false;
      this.#emptyWindow();
      const entries = await streams.readOwnPending(subscription, "0", ALL);
      counts.redelivered += entries.length;
      for (const entry of entries) this.#place(entry, Math.max(0, entry.deliveries - 1));
      return true;
    }
    if (this.#blocked || this.#window.some(({ underWay }) => !underWay)) return false;
    if (this.#inheriting) {
      if (this.#window.length > 0) return false;
      // The oldest of what was left, also of what waits for its next attempt.
      const [left] = await streams.claim(subscription, "", 1);
      if (left) {
        counts.claimed++;
        this.#place(left, left.deliveries);
      } else this.#inheriting = false;
      return true;
    }
    if (!this.#budget.isHalfFree) return false;
    const { signal } = this.#waiting;
    const count = this.#budget.room;
    const began = clock.monotonic();
    const entries = await streams.read(subscription, { count, waitMs: WAIT_MS, signal, fence });
    // The lease may be lost, and this not yet be known here.
    if (entries.length === 0 && !signal.aborted && clock.monotonic() - began < WAIT_MS / 2)
      await this.#backOff();
    counts.taken += entries.length;
    for (const entry of entries) this.#place(entry, 0);
    return !reading.aborted;
  }

  /** Hands out what waits in the window, each behind the one before it. */
  #deliverWaiting(): void {
    if (this.#blocked || this.#recheck) return;
    const first = this.#window.findIndex(({ underWay }) => !underWay);
    if (first < 0) return;
    // What is handled again waits until all others are done with: those before it decide whether it is in vain.
    if (this.#isBusy() && this.#window.some(({ underWay, tree }) => !underWay && tree !== undefined)) return;
    let before: Tree | undefined = first > 0 ? this.#window[first - 1]?.tree : undefined;
    for (const placed of this.#window.slice(first)) {
      placed.underWay = true;
      const pointless = this.#handling.deliver(placed, {
        onEnd: (end) => this.#released(placed, end),
        after: before,
      });
      if (pointless) {
        void this.#giveUpInTurn(placed, pointless, before);
        return;
      }
      before = placed.tree;
    }
  }

  /** It is given up when all before it are settled. */
  async #giveUpInTurn(placed: Placed, failure: TreeFailure, before: Tree | undefined): Promise<void> {
    if (before && !(await before.outcome())) this.#released(placed, "undone");
    else await this.#failed(placed, failure, undefined);
  }

  #released(placed: Placed, end: TreeEnd): void {
    if (!this.#window.includes(placed)) return;
    placed.underWay = false;
    const isFirst = this.#window[0] === placed;
    if (typeof end === "object") {
      if (isFirst) {
        placed.underWay = true;
        void this.#failed(placed, end, this.#handling.retryAfter(placed, end));
        return;
      }
    } else {
      this.#options.counts[end]++;
      if (end === "committed") {
        this.#remove(placed);
        this.#backoffMs = FIRST_BACKOFF_MS;
      } else if (end !== "undone") this.#lookAgain();
    }
    this.#progress();
  }

  /** The first has failed: the others wait until it is settled. */
  async #failed(placed: Placed, failure: TreeFailure, delayMs: number | undefined): Promise<void> {
    const { streams, subscription, log, planned, clock, counts } = this.#options;
    try {
      if (delayMs === undefined) {
        if (await this.#handling.giveUp(placed, failure)) this.#remove(placed);
        else this.#lookAgain();
      } else if (await streams.defer(subscription, placed.entry.id, delayMs)) {
        counts.deferred++;
        if (!this.#stop.signal.aborted)
          this.#blocked = clock.schedule(delayMs, () => void this.#takeUp(placed));
      } else {
        counts.fenced++;
        this.#lookAgain();
      }
    } catch (error) {
      log.warn(`A failed message on "${planned.name}" comes again: ${errorText(error)}`);
      this.#lookAgain();
    }
    placed.underWay = false;
    this.#progress();
  }

  /** The first is due again. */
  async #takeUp(placed: Placed): Promise<void> {
    const { streams, subscription, log, clock, counts } = this.#options;
    try {
      const { entries, nextMs } = await streams.takeDue(subscription, 1);
      const [entry] = entries;
      if (!entry && nextMs !== undefined) {
        this.#blocked = clock.schedule(nextMs, () => void this.#takeUp(placed));
        return;
      }
      if (entry && entry.id === placed.entry.id) {
        counts.retried++;
        this.#window[this.#window.indexOf(placed)] = placedOf(entry, entry.deliveries);
      } else this.#lookAgain();
    } catch (error) {
      log.debug(`What was put aside is not yet taken up: ${errorText(error)}`);
      this.#blocked = clock.schedule(LAST_BACKOFF_MS, () => void this.#takeUp(placed));
      return;
    }
    this.#blocked = undefined;
    this.#progress();
  }

  /** The window may be wrong: it is made anew from what the backend says is this reader's. */
  #lookAgain(): void {
    this.#leftSome = true;
    this.#recheck = true;
  }

  #place(entry: StreamEntry, crashes: number): void {
    this.#budget.take(entry);
    this.#window.push(placedOf(entry, crashes));
  }

  #remove(placed: Placed): void {
    const index = this.#window.indexOf(placed);
    if (index < 0) return;
    this.#window.splice(index, 1);
    this.#budget.giveBack(placed.entry);
  }

  #emptyWindow(): Placed[] {
    const placed = this.#window.splice(0);
    for (const { entry } of placed) this.#budget.giveBack(entry);
    return placed;
  }

  #progress(): void {
    if (this.#stop.signal.aborted && !this.#isBusy()) {
      if (this.#window.length > 0) this.#leftSome = true;
      this.#idle?.resolve();
    }
    const mayRedeliver = this.#recheck || this.#window.some(({ underWay }) => !underWay);
    if (mayRedeliver) {
      if (!this.#isBusy() && this.#recheck) void this.#backOff().then(() => this.#wake());
      else this.#wake();
    } else this.#woken.resolve();
  }

  #isBusy(): boolean {
    return this.#window.some(({ underWay }) => underWay);
  }

  #wake(): void {
    this.#woken.resolve();
    this.#waiting.abort();
  }

  #backOff(): Promise<void> {
    const ms = this.#backoffMs * Math.random();
    this.#backoffMs = Math.min(this.#backoffMs * 2, LAST_BACKOFF_MS);
    return new Promise((resolve) => void this.#options.clock.schedule(ms, resolve));
  }

  /** Before the part goes to another engine: what is let go did not end this one. */
  async #release(): Promise<void> {
    if (!this.#leftSome) return;
    const { streams, subscription, clock, log } = this.#options;
    const released = streams.release(subscription).catch((error) => {
      log.debug(`Nothing was released: ${errorText(error)}`);
    });
    const late = new Promise<void>((resolve) => void clock.schedule(RELEASE_WITHIN_MS, resolve));
    await Promise.race([released, late]);
  }
}

function placedOf(entry: StreamEntry, crashes: number): Placed {
  return { ...openEntry(entry, crashes), underWay: false };
}
