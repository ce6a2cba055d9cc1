// One embedded stream: what must be quick to know is in memory, everything is written down in the same transaction.
// Methods that change something must be called inside a transaction.
import { PRODUCER_SILENT_MS, PRODUCERS_KEPT, PRODUCERS_LIMIT } from "../limits.ts";
import type { Entries } from "./entries.ts";
import { Group, type Handed } from "./group.ts";
import { positionAt } from "./position.ts";
import { rowsOf, type StreamStatements } from "./statements.ts";

interface Mark {
  high: number;
  used: number;
}

export class Stream {
  readonly id: number;
  readonly groups = new Map<string, Group>();
  /** Entries that are meant for one group only. */
  readonly directed = new Map<number, string>();
  last: number;
  length: number;
  readonly entries: Entries;
  readonly #statements: StreamStatements;
  readonly #producers = new Map<string, Mark>();

  /** Reads what the database knows of it. */
  constructor(statements: StreamStatements, entries: Entries, id: number, last: number) {
    this.#statements = statements;
    this.entries = entries;
    this.id = id;
    this.last = Math.max(last, entries.newest());
    this.length = entries.countAfter(0);
    for (const [producer, high, used] of rowsOf(statements.producers.all(id))) {
      this.#producers.set(String(producer), { high: Number(high), used: Number(used) });
    }
    for (const [position, group] of rowsOf(statements.directed.all(id))) {
      this.directed.set(Number(position), String(group));
    }
    for (const [group, name, cursor] of rowsOf(statements.groups.all(id))) {
      this.groups.set(String(name), this.#load(Number(group), Number(cursor)));
    }
  }

  append(body: Uint8Array, now: number, onlyFor?: string): number {
    const position = Math.max(positionAt(now), this.last + 1);
    this.entries.append(position, body);
    this.last = position;
    this.length++;
    for (const group of this.groups.values()) group.unread++;
    if (onlyFor !== undefined) {
      this.directed.set(position, onlyFor);
      this.#statements.direct.run(this.id, position, onlyFor);
    }
    return position;
  }

  /** The highest sequence that the producer published; -1 when it is new. */
  highWater(producer: string): number {
    return this.#producers.get(producer)?.high ?? -1;
  }

  keepHighWater(producer: string, high: number, now: number): void {
    const isNew = !this.#producers.has(producer);
    this.#producers.set(producer, { high, used: now });
    this.#statements.keepProducer.run(this.id, producer, high, now);
    if (isNew && this.#producers.size > PRODUCERS_KEPT) this.#forgetSilent(now);
  }

  makeGroup(name: string, from: "new" | "start"): Group {
    const cursor = from === "new" ? this.last : 0;
    const { lastInsertRowid } = this.#statements.makeGroup.run(this.id, name, cursor);
    const group = new Group(Number(lastInsertRowid), cursor, from === "new" ? 0 : this.length);
    this.groups.set(name, group);
    return group;
  }

  removeGroup(name: string): void {
    const group = this.groups.get(name);
    if (!group) return;
    this.groups.delete(name);
    this.#statements.forgetGroupSettled.run(group.id);
    this.#statements.forgetHanded.run(group.id);
    this.#statements.forgetDeferred.run(group.id);
    this.#statements.removeGroup.run(group.id);
  }

  /** Hands out what comes next. */
  hand(group: Group, consumer: string, positions: readonly number[]): void {
    this.#handRun(group, consumer, positions, { owners: 1, failures: 0 });
    group.cursor = positions.at(-1) ?? group.cursor;
    group.unread -= positions.length;
    this.#statements.moveCursor.run(group.cursor, group.id);
  }

  /** Takes a position out of the run that has it, and hands it on. */
  takeOver(group: Group, handed: Handed, position: number, consumer: string): void {
    const { owners, failures } = handed;
    this.settle(group, handed, position);
    this.#handRun(group, consumer, [position], { owners: owners + 1, failures });
  }

  /** What the consumer holds counts as not handed out to it. */
  release(group: Group, consumer: string): void {
    for (const handed of group.runsOf(consumer)) {
      handed.owners = Math.max(0, handed.owners - 1);
      this.#statements.setOwners.run(handed.owners, handed.id);
    }
  }

  defer(group: Group, handed: Handed, position: number, due: number): void {
    const deferred = { due, owners: Math.max(0, handed.owners - 1), failures: handed.failures + 1 };
    this.settle(group, handed, position);
    group.deferred.set(position, deferred);
    this.#statements.defer.run(group.id, position, due, deferred.owners, deferred.failures);
  }

  takeDue(group: Group, position: number, consumer: string): void {
    const { owners = 0, failures = 0 } = group.deferred.get(position) ?? {};
    this.#forgetDeferred(group, position);
    this.#handRun(group, consumer, [position], { owners: owners + 1, failures });
  }

  /** Settles one position of a run, and writes it down. */
  settle(group: Group, handed: Handed, position: number): void {
    group.settle(handed, position);
    this.keepSettled(handed, [position]);
  }

  /** Writes down that positions of a run were settled: none of them remains. */
  keepSettled(handed: Handed, settled: readonly number[]): void {
    const [first] = handed.remaining;
    if (first === undefined) {
      this.#statements.finish.run(handed.id);
      if (handed.gaps) this.#statements.forgetSettled.run(handed.id);
      return;
    }
    if (first > handed.first) {
      handed.first = first;
      this.#statements.moveFirst.run(first, handed.id);
    }
    for (const position of settled) {
      if (position < first) continue;
      handed.gaps = true;
      this.#statements.settle.run(handed.id, position);
    }
  }

  /** The oldest position that some group still needs. */
  get floor(): number {
    let floor = Number.MAX_SAFE_INTEGER;
    for (const group of this.groups.values()) floor = Math.min(floor, group.floor);
    return floor;
  }

  /** Removes entries before `position`, which no group needs. How many. */
  removeBefore(position: number): number {
    this.#statements.keepLast.run(this.last, this.id);
    const removed = this.entries.removeBefore(position);
    if (this.directed.size > 0) {
      for (const each of this.directed.keys()) if (each < position) this.directed.delete(each);
      this.#statements.forgetDirected.run(this.id, position);
    }
    this.length -= removed;
    return removed;
  }

  /** Removes entries before `position`, though groups may need them. How many some group needed. */
  dropBefore(position: number): number {
    const from = Math.min(this.floor, position);
    const needed = this.entries.countAfter(from - 1) - this.entries.countAfter(position - 1);
    for (const group of this.groups.values()) {
      for (const pending of group.pendingBefore(position)) this.#forgetPending(group, pending);
      group.unread = this.entries.countAfter(Math.max(group.cursor, position - 1));
    }
    this.removeBefore(position);
    return needed;
  }

  /** Removes one entry. False when it is not there. */
  remove(position: number): boolean {
    if (!this.entries.body(position)) return false;
    this.#statements.keepLast.run(this.last, this.id);
    for (const group of this.groups.values()) {
      if (position > group.cursor) group.unread--;
      this.#forgetPending(group, position);
    }
    this.entries.remove(position);
    this.length--;
    return true;
  }

  /** Most messages that any group has still to settle. */
  get waiting(): number {
    let waiting = 0;
    for (const group of this.groups.values()) waiting = Math.max(waiting, group.unread + group.pending);
    return waiting;
  }

  #load(id: number, cursor: number): Group {
    const group = new Group(id, cursor, this.entries.countAfter(cursor));
    for (const [position, due, owners, failures] of rowsOf(this.#statements.deferred.all(id))) {
      group.deferred.set(Number(position), {
        due: Number(due),
        owners: Number(owners),
        failures: Number(failures),
      });
    }
    for (const [handed, first, last, consumer, owners, failures] of rowsOf(this.#statements.handed.all(id))) {
      const run = Number(handed);
      group.hand({
        id: run,
        first: Number(first),
        last: Number(last),
        consumer: String(consumer),
        owners: Number(owners),
        failures: Number(failures),
        remaining: new Set(this.entries.unsettled(run, Number(first), Number(last))),
        gaps: this.#statements.hasGaps.get(run) !== undefined,
      });
    }
    return group;
  }

  #handRun(
    group: Group,
    consumer: string,
    positions: readonly number[],
    count: { owners: number; failures: number },
  ): void {
    const first = positions[0] ?? 0;
    const last = positions.at(-1) ?? 0;
    const { owners, failures } = count;
    const { lastInsertRowid } = this.#statements.hand.run(group.id, first, last, consumer, owners, failures);
    const remaining = new Set(positions);
    const id = Number(lastInsertRowid);
    group.hand({ id, first, last, consumer, owners, failures, remaining, gaps: false });
  }

  #forgetPending(group: Group, position: number): void {
    const handed = group.runOf(position);
    if (handed) this.settle(group, handed, position);
    if (group.deferred.has(position)) this.#forgetDeferred(group, position);
  }

  #forgetDeferred(group: Group, position: number): void {
    group.deferred.delete(position);
    this.#statements.undefer.run(group.id, position);
  }

  #forgetSilent(now: number): void {
    const bySilence = [...this.#producers].sort(([, a], [, b]) => a.used - b.used);
    bySilence.forEach(([producer, mark], index) => {
      const excess = bySilence.length - index > PRODUCERS_LIMIT;
      if (!excess && mark.used > now - PRODUCER_SILENT_MS) return;
      this.#producers.delete(producer);
      this.#statements.forgetProducer.run(this.id, producer);
    });
  }
}
