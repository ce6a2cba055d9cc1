// How much waits in a stream topic, and what becomes of messages for which there is no room: they wait, are refused, are
// left out, or the oldest make room for them.
import type { StreamStore, TopicAddress } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { topicFull } from "../base/errors/topics.ts";
import type { PlannedTopic } from "../flow/plan.ts";

const FULL_CHECK_MS = 100;
/** Messages without an origin that may wait for room on this engine; more are refused, so that memory is bounded. */
const MOST_WAITING = 1_000;
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

export interface RoomOptions {
  readonly planned: PlannedTopic;
  /** The streams of the topic: one, or its parts. */
  readonly addresses: readonly TopicAddress[];
  readonly streams: StreamStore;
  readonly clock: Clock;
}

export class Room {
  /** Messages left out or removed because there was no room. */
  dropped = 0;
  readonly #options: RoomOptions;
  readonly #waiting: number[];
  /** Handed over for commits since the last look: how many of them wait is not known. */
  #unseen = 0;
  #looking: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  #dropping: Promise<void> | undefined;
  #held = 0;
  #heldBytes = 0;
  #closed = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#waiting = options.addresses.map(() => 0);
  }

  /** Messages that some group has still to settle, as of the last look. */
  get waiting(): number {
    return this.#waiting.reduce((sum, each) => sum + each, 0);
  }

  get isFull(): boolean {
    return this.waiting >= this.#options.planned.limit;
  }

  /** What the backend said when something was published. */
  told(part: number, waiting: number): void {
    this.#waiting[part] = waiting;
  }

  /** Something will be appended by a commit. */
  appended(): void {
    const { limit } = this.#options.planned;
    if (++this.#unseen >= Math.min(1_000, Math.max(1, limit / 10))) void this.look();
  }

  /** Asks the backend how many wait; one question at a time. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /**
   * For when it is full: resolves with true when the message of `size` bytes may go on, with false when it is left out.
   * Rejects with `topics/full`.
   */
  async enter(isOrigin: boolean, size: number): Promise<boolean> {
    const { name, limit, overflow } = this.#options.planned;
    switch (overflow) {
      case "fail":
        return this.#refuse(name, limit);
      case "drop-newest":
        this.dropped++;
        this.#untilRoom();
        return false;
      case "drop-oldest":
        this.#dropping ??= this.#drop().finally(() => {
          this.#dropping = undefined;
        });
        await this.#dropping;
        return true;
      case "wait":
        if (!isOrigin) {
          await this.#untilRoom();
          return true;
        }
        if (this.#held >= MOST_WAITING || this.#heldBytes >= MOST_WAITING_BYTES)
          return this.#refuse(name, limit);
        this.#held++;
        this.#heldBytes += size;
        await this.#untilRoom();
        this.#held--;
        this.#heldBytes -= size;
        return true;
    }
  }

  close(): void {
    this.#closed = true;
  }

  #refuse(topic: string, limit: number): Promise<never> {
    this.dropped++;
    this.#untilRoom();
    return Promise.reject(topicFull({ topic, limit }));
  }

  /** Looks again and again how many wait, until there is room. */
  #untilRoom(): Promise<void> {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #drain(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#closed && this.isFull) {
      await new Promise<void>((resolve) => void clock.schedule(FULL_CHECK_MS, resolve));
      await this.#look();
    }
  }

  /** A hundredth of the limit at once, so that not every message pays for it. */
  async #drop(): Promise<void> {
    const { streams, addresses, planned } = this.#options;
    const keep = planned.limit - Math.max(1, Math.floor(planned.limit / 100));
    const each = Math.max(0, Math.floor(keep / addresses.length));
    for (const address of addresses) this.dropped += await streams.drop(address, each);
    await this.#look();
  }

  async #look(): Promise<void> {
    const { streams, addresses } = this.#options;
    this.#unseen = 0;
    await Promise.all(
      addresses.map(async (address, part) => {
        const info = await streams.info(address).catch(() => undefined);
        if (!info) return;
        this.#waiting[part] = info.groups.reduce(
          (most, { lag, pending }) => Math.max(most, lag + pending),
          0,
        );
      }),
    );
  }
}
