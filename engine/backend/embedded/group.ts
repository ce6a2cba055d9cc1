// What a consumer group knows: how far it read, and what it handed out that is not settled. Memory only; the stream
// writes it down.

/** A run of entries that were handed to one consumer at once. */
export interface Handed {
  readonly id: number;
  /** Entries before it are settled. */
  first: number;
  readonly last: number;
  consumer: string;
  /** How many owners had it, the present one included, without settling, deferring or releasing it. */
  owners: number;
  /** How often it was deferred. */
  readonly failures: number;
  /** Not settled, in order. */
  readonly remaining: Set<number>;
  /** Whether `settled` has rows for it. */
  gaps: boolean;
}

/** An entry that was put aside. */
export interface Deferred {
  readonly due: number;
  readonly owners: number;
  readonly failures: number;
}

export class Group {
  readonly id: number;
  /** The last position handed out. */
  cursor: number;
  /** Entries after the cursor. */
  unread: number;
  readonly consumers = new Set<string>();
  /** By position. */
  readonly deferred = new Map<number, Deferred>();
  readonly #handed = new Set<Handed>();
  readonly #byPosition = new Map<number, Handed>();

  constructor(id: number, cursor: number, unread: number) {
    this.id = id;
    this.cursor = cursor;
    this.unread = unread;
  }

  get pending(): number {
    return this.#byPosition.size + this.deferred.size;
  }

  /** The oldest position that this group still needs. */
  get floor(): number {
    let floor = this.cursor + 1;
    for (const handed of this.#handed) floor = Math.min(floor, handed.first);
    for (const position of this.deferred.keys()) floor = Math.min(floor, position);
    return floor;
  }

  hand(handed: Handed): void {
    this.consumers.add(handed.consumer);
    this.#handed.add(handed);
    for (const position of handed.remaining) this.#byPosition.set(position, handed);
  }

  /** The run that holds the position for this consumer. */
  held(position: number, consumer: string): Handed | undefined {
    const handed = this.#byPosition.get(position);
    return handed?.consumer === consumer ? handed : undefined;
  }

  /** The run that has the position, whoever holds it. */
  runOf(position: number): Handed | undefined {
    return this.#byPosition.get(position);
  }

  settle(handed: Handed, position: number): void {
    this.#byPosition.delete(position);
    handed.remaining.delete(position);
    if (handed.remaining.size === 0) this.#handed.delete(handed);
  }

  runsOf(consumer: string): Handed[] {
    return [...this.#handed].filter((handed) => handed.consumer === consumer);
  }

  /** Positions before `position` that are pending. */
  pendingBefore(position: number): number[] {
    return [...this.#byPosition.keys(), ...this.deferred.keys()].filter((each) => each < position);
  }

  /** Positions that the consumer holds after `after`, in order. */
  heldBy(consumer: string, after: number): number[] {
    const positions: number[] = [];
    for (const handed of this.#handed) {
      if (handed.consumer !== consumer || handed.last <= after) continue;
      for (const position of handed.remaining) if (position > after) positions.push(position);
    }
    return positions.sort((a, b) => a - b);
  }

  /** The runs of other consumers whose names start with the prefix. */
  heldByOthers(prefix: string, consumer: string): Handed[] {
    return [...this.#handed].filter(
      (handed) => handed.consumer !== consumer && handed.consumer.startsWith(prefix),
    );
  }

  /** Forgets consumers with the prefix that hold nothing. */
  forgetIdle(prefix: string, except: string): void {
    const busy = new Set([...this.#handed].map((handed) => handed.consumer));
    for (const consumer of this.consumers) {
      if (consumer !== except && consumer.startsWith(prefix) && !busy.has(consumer))
        this.consumers.delete(consumer);
    }
  }
}
