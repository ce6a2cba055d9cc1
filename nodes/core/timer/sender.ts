// Sends the ticks: counts them, keeps them apart when one is slow, and remembers each before it goes.
import type { Once } from "@millrace/sdk";
import type { TimerRecord } from "./record.ts";

const MAX_QUEUED = 100;

export interface SenderOptions {
  readonly overlap: "skip" | "queue" | "parallel";
  /** 0: no end. */
  readonly count: number;
  /** Ticks must not be sent twice, so each is kept before it is sent. */
  readonly durable: boolean;
  readonly record: TimerRecord;
  readonly now: () => number;
  /** `once` says which tick it is, where that is kept. */
  readonly emit: (due: number, once?: Once) => Promise<void>;
  /** After each run, and when the count is reached. */
  readonly ran: () => void;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #queue: number[] = [];
  #running = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** All ticks that may be sent were. */
  get done(): boolean {
    const { count, record } = this.#options;
    return count > 0 && record.ticks >= count;
  }

  /** A tick is due. Resolves when it, and what it kept waiting, is sent or left out. Never rejects. */
  async tick(due: number): Promise<void> {
    const { overlap, record, now } = this.#options;
    if (this.done) return;
    if (this.#running > 0 && overlap !== "parallel") {
      if (overlap === "queue" && this.#queue.length < MAX_QUEUED) this.#queue.push(due);
      else record.end({ due, time: now(), status: "skipped" });
      return;
    }
    await this.#send(due);
    for (let next = this.#queue.shift(); next !== undefined && !this.done; next = this.#queue.shift()) {
      await this.#send(next);
    }
  }

  /** Sends again, to those who can tell, what was on its way when the engine that sent it was killed. Never rejects. */
  async repeat(): Promise<void> {
    const { unsure: due, place } = this.#options.record;
    if (due !== undefined && place) await this.#run(due, { ...place, again: true });
  }

  async #send(due: number): Promise<void> {
    const { record, durable } = this.#options;
    const kept = record.begin(due, durable);
    await this.#run(due, durable ? record.place : undefined, kept);
  }

  async #run(due: number, once: Once | undefined, kept?: Promise<void>): Promise<void> {
    const { record, emit, now, ran } = this.#options;
    this.#running++;
    try {
      await kept;
      await emit(due, once);
      record.end({ due, time: now(), status: "sent" });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      record.end({ due, time: now(), status: "failed", error: text });
    } finally {
      this.#running--;
      ran();
    }
  }
}
