// Streams in SQLite: every call is one step of a transaction, and what it promises is durable when it resolves. Long,
// because what is handed out, settled and kept is one account, kept in one place.
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../base/clock.ts";
import { backendClosed, durabilityUnavailable, fenced } from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type {
  AsOf,
  Commit,
  Durability,
  Effect,
  Fence,
  LeaseAddress,
  Producer,
  PublishOptions,
  PublishResult,
  ReadOptions,
  Removal,
  StreamEntry,
  StreamInfo,
  StreamStore,
  Subscription,
  TopicAddress,
} from "../backend.ts";
import { type Expectation, expectations, sameValue } from "../expectations.ts";
import { claimable } from "./claimable.ts";
import { Entries } from "./entries.ts";
import type { Group, Handed } from "./group.ts";
import { entryId, positionAt, positionOf } from "./position.ts";
import { bytesOf, prepareStreamStatements, type Row, rowOf, type StreamStatements } from "./statements.ts";
import { Stream } from "./stream.ts";
import { nameOf } from "./stream-name.ts";
import type { Waiting } from "./waiting.ts";
import type { After, Writer } from "./writer.ts";

/** Entries removed in one step of trimming: other calls come between. */
const TRIM_STEP = 5000;

interface Keep {
  readonly messages: number;
  readonly ageMs?: number;
  readonly bytes?: number;
}

export interface EmbeddedStreamsParts {
  readonly writer: Writer;
  readonly database: DatabaseSync;
  readonly waiting: Waiting;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Applies an effect that is none on a stream, inside the transaction. */
  readonly apply: (effect: Exclude<Effect, { kind: "append" }>, after: After) => void;
  /** Of state, inside the transaction. */
  readonly valueOf: (scope: string, key: string) => Uint8Array | undefined;
  /** Of a lease, inside the transaction. */
  readonly epochOf: (lease: LeaseAddress) => number;
  /** The newest revision of a flow, inside the transaction; 0: none. */
  readonly newestOf: (flow: string) => number;
}

export class EmbeddedStreams implements StreamStore {
  readonly #parts: EmbeddedStreamsParts;
  readonly #statements: StreamStatements;
  readonly #streams = new Map<string, Stream>();
  #closed = false;

  constructor(parts: EmbeddedStreamsParts) {
    this.#parts = parts;
    this.#statements = prepareStreamStatements(parts.database);
  }

  async requireDurability({ topic }: TopicAddress, durability: Durability): Promise<void> {
    if (durability !== "replicated") return;
    const reason = "without Redis, messages are on the disk of one machine only";
    throw durabilityUnavailable({ topic, durability, reason });
  }

  ensureGroup(
    address: TopicAddress,
    group: string,
    from: "new" | "start",
    asOf?: AsOf,
  ): Promise<"made" | "existed" | "outdated"> {
    return this.#parts.writer.transact(() => {
      if (this.#find(address)?.groups.has(group)) return "existed";
      if (this.#isOutdated(asOf)) return "outdated";
      this.#open(address).makeGroup(group, from);
      return "made";
    });
  }

  removeGroup(address: TopicAddress, group: string, asOf?: AsOf): Promise<number | undefined> {
    return this.#parts.writer.transact(() => {
      const stream = this.#find(address);
      const found = stream?.groups.get(group);
      if (!stream || !found) return undefined;
      if (asOf && this.#parts.newestOf(asOf.flow) !== asOf.revision) return undefined;
      const waiting = found.unread + found.pending;
      stream.removeGroup(group);
      return waiting;
    });
  }

  async publish(
    address: TopicAddress,
    producer: Producer,
    bodies: readonly Uint8Array[],
    { durability = "written", group }: PublishOptions = {},
  ): Promise<PublishResult> {
    const { fence } = producer;
    const append = (after: After) => {
      if (fence && !this.#isCurrent(fence)) return undefined;
      const stream = this.#open(address);
      const now = this.#parts.clock.now();
      const high = stream.highWater(producer.id);
      const ids = bodies.map((body, index) =>
        producer.sequence + index > high ? entryId(stream.append(body, now, group)) : undefined,
      );
      const last = producer.sequence + bodies.length - 1;
      if (bodies.length > 0 && last > high) {
        stream.keepHighWater(producer.id, last, now);
        after(() => this.#parts.waiting.wake(keyOf(address)));
      }
      return { ids, waiting: stream.waiting };
    };
    const result = await this.#parts.writer.transact(append, { synced: durability !== "written" });
    if (!result) throw fenced({ lease: fence?.lease.name ?? "", epoch: fence?.epoch ?? 0 });
    return result;
  }

  async read(subscription: Subscription, options: ReadOptions): Promise<StreamEntry[]> {
    const { clock, writer, waiting } = this.#parts;
    const deadline = clock.monotonic() + options.waitMs;
    while (!options.signal.aborted) {
      if (this.#closed) throw backendClosed({});
      if (this.#mayHaveUnread(subscription)) {
        const { fence, count } = options;
        const entries = await writer.transact(() =>
          fence && !this.#isCurrent(fence) ? undefined : this.#take(subscription, count),
        );
        if (entries === "outdated") {
          // A newer revision removed the group, and soon this engine runs that one.
          const left = deadline - clock.monotonic();
          if (left > 0) await waiting.until(keyOf(subscription.stream), left, options.signal);
          return [];
        }
        if (entries === undefined || entries.length > 0) return entries ?? [];
        // Asked again before waiting: a publish may have become durable in the same transaction, after this step.
        if (clock.monotonic() < deadline) continue;
      }
      const left = deadline - clock.monotonic();
      if (left <= 0) break;
      await waiting.until(keyOf(subscription.stream), left, options.signal);
    }
    return [];
  }

  readOwnPending(subscription: Subscription, after: string, count: number): Promise<StreamEntry[]> {
    const position = positionOf(after, "last");
    return this.#parts.writer.transact(() => {
      const found = this.#known(subscription);
      if (!found) return [];
      const { stream, group } = found;
      const positions = group.heldBy(subscription.consumer, after === "0" ? 0 : position).slice(0, count);
      return positions.map((held) => {
        const run = group.runOf(held);
        return pendingEntry(stream, held, run?.owners ?? 1, run?.failures ?? 0);
      });
    });
  }

  claim(subscription: Subscription, prefix: string, count: number): Promise<StreamEntry[]> {
    return this.#parts.writer.transact(() => {
      const found = this.#known(subscription);
      if (!found) return [];
      const { stream, group } = found;
      const { consumer } = subscription;
      const taken = claimable(group, prefix, consumer, count).map(({ position, handed, counts }) => {
        const { owners, failures } = counts;
        if (handed) stream.takeOver(group, handed, position, consumer);
        else stream.takeDue(group, position, consumer);
        return pendingEntry(stream, position, owners, failures);
      });
      group.forgetIdle(prefix, consumer);
      return taken;
    });
  }

  release(subscription: Subscription): Promise<void> {
    return this.#parts.writer.transact(() => {
      const stream = this.#find(subscription.stream);
      const group = stream?.groups.get(subscription.group);
      if (group) stream?.release(group, subscription.consumer);
    });
  }

  defer(subscription: Subscription, id: string, delayMs: number): Promise<boolean> {
    return this.#parts.writer.transact(() => {
      const found = this.#held(subscription, id);
      if (!found) return false;
      const { stream, group, handed, position } = found;
      stream.defer(group, handed, position, Math.ceil(this.#parts.clock.now() + delayMs));
      return true;
    });
  }

  takeDue(subscription: Subscription, count: number, options: { early?: boolean } = {}) {
    return this.#parts.writer.transact(() => {
      const found = this.#known(subscription);
      if (!found) return { entries: [], nextMs: undefined };
      const { stream, group } = found;
      const now = this.#parts.clock.now();
      const waiting = [...group.deferred].sort(([, a], [, b]) => a.due - b.due);
      const due = waiting.filter(([, each]) => options.early || each.due <= now).slice(0, count);
      const entries = due.map(([position, { owners, failures }]) => {
        stream.takeDue(group, position, subscription.consumer);
        return pendingEntry(stream, position, owners, failures);
      });
      const next = waiting[due.length]?.[1].due;
      return { entries, nextMs: next === undefined ? undefined : Math.max(0, next - now) };
    });
  }

  commit(commits: readonly Commit[]): Promise<boolean[]> {
    const asksForDisk = (effect: Effect) =>
      effect.kind === "append" && (effect.durability ?? "written") !== "written";
    const synced = commits.some(({ effects }) => effects.some(asksForDisk));
    const settle = (after: After) => {
      const touched = new Map<Handed, { stream: Stream; settled: number[] }>();
      const applied = commits.map((commit) => this.#commit(commit, touched, after));
      for (const [handed, { stream, settled }] of touched) stream.keepSettled(handed, settled);
      return applied;
    };
    return this.#parts.writer.transact(settle, { synced });
  }

  async range(address: TopicAddress, options: { from?: string; to?: string; limit: number }) {
    const stream = this.#find(address);
    const from = options.from === undefined ? undefined : positionOf(options.from);
    const to = options.to === undefined ? Number.MAX_SAFE_INTEGER : positionOf(options.to, "last");
    if (!stream || options.limit <= 0) return { entries: [], next: null };
    if (from === undefined) {
      const newest = stream.entries.upTo(to, options.limit).map((row) => entryOf(row, stream.directed));
      return { entries: newest.reverse(), next: null };
    }
    const entries = stream.entries
      .between(from, to, options.limit + 1)
      .map((row) => entryOf(row, stream.directed));
    const next = entries.length > options.limit ? (entries.pop()?.id ?? null) : null;
    return { entries, next };
  }

  async info(address: TopicAddress): Promise<StreamInfo> {
    const stream = this.#find(address);
    const groups = [...(stream?.groups ?? [])].map(([group, { unread, pending, consumers }]) => ({
      group,
      lag: unread,
      pending,
      consumers: consumers.size,
    }));
    return { length: stream?.length ?? 0, groups };
  }

  drop(address: TopicAddress, messages: number): Promise<number> {
    return this.#parts.writer.transact(() => {
      const stream = this.#find(address);
      const surplus = (stream?.length ?? 0) - messages;
      if (!stream || surplus <= 0) return 0;
      return stream.dropBefore(stream.entries.nth(surplus) ?? stream.last + 1);
    });
  }

  remove(address: TopicAddress, removals: readonly Removal[]): Promise<boolean[]> {
    const positions = removals.map(({ id }) => positionOf(id));
    return this.#parts.writer.transact((after) =>
      removals.map(({ id, instead }, index) => {
        const position = positions[index] ?? 0;
        const removed = entryId(position) === id && (this.#find(address)?.remove(position) ?? false);
        if (removed && instead) this.#append(instead.stream, instead.body, after, instead.group);
        return removed;
      }),
    );
  }

  async trim(address: TopicAddress, keep: Keep): Promise<number> {
    let removed = 0;
    for (;;) {
      const step = await this.#parts.writer.transact(() => this.#trim(address, keep));
      removed += step;
      if (step < TRIM_STEP) return removed;
    }
  }

  /** What memory knows may be wrong: the transaction was undone. It is read anew when it is needed. */
  forget(): void {
    this.#streams.clear();
  }

  close(): void {
    this.#closed = true;
    this.#parts.waiting.wakeAll();
  }

  #commit(
    commit: Commit,
    touched: Map<Handed, { stream: Stream; settled: number[] }>,
    after: After,
  ): boolean {
    const owned = commit.inputs.map(({ subscription, id }) => this.#held(subscription, id));
    if (owned.includes(undefined)) return false;
    if (commit.fences && !commit.fences.every((fence) => this.#isCurrent(fence))) return false;
    if (!expectations(commit.effects).every((expected) => this.#isAsExpected(expected))) return false;
    for (const effect of commit.effects) this.#apply(effect, after);
    for (const input of owned) {
      if (!input) continue;
      const { stream, group, position, handed } = input;
      group.settle(handed, position);
      const settled = touched.get(handed)?.settled ?? [];
      settled.push(position);
      touched.set(handed, { stream, settled });
    }
    return true;
  }

  #apply(effect: Effect, after: After): void {
    if (effect.kind !== "append") {
      this.#parts.apply(effect, after);
      return;
    }
    this.#append(effect.stream, effect.body, after);
  }

  #append(address: TopicAddress, body: Uint8Array, after: After, onlyFor?: string): void {
    this.#open(address).append(body, this.#parts.clock.now(), onlyFor);
    after(() => this.#parts.waiting.wake(keyOf(address)));
  }

  /** An entry that the consumer of the subscription holds. */
  #held(subscription: Subscription, id: string) {
    const stream = this.#find(subscription.stream);
    const group = stream?.groups.get(subscription.group);
    const position = positionOf(id);
    const handed = group?.held(position, subscription.consumer);
    return stream && group && handed && entryId(position) === id
      ? { stream, group, position, handed }
      : undefined;
  }

  #isCurrent({ lease, epoch }: Fence): boolean {
    return this.#parts.epochOf(lease) === epoch;
  }

  #isAsExpected(expected: Expectation): boolean {
    if (expected === "never") return false;
    return sameValue(this.#parts.valueOf(expected.scope, expected.key) ?? null, expected.value);
  }

  /** False only when it is known that nothing waits. */
  #mayHaveUnread(subscription: Subscription): boolean {
    const group = this.#find(subscription.stream)?.groups.get(subscription.group);
    return !group?.consumers.has(subscription.consumer) || group.unread > 0;
  }

  #take(subscription: Subscription, count: number): StreamEntry[] | "outdated" {
    const found = this.#known(subscription) ?? this.#restored(subscription);
    if (!found) return "outdated";
    const { stream, group } = found;
    group.consumers.add(subscription.consumer);
    if (group.unread === 0 || count <= 0) return [];
    const rows = stream.entries.after(group.cursor, count);
    const positions = rows.map(([position]) => Number(position));
    if (positions.length > 0) stream.hand(group, subscription.consumer, positions);
    return rows.map((row) => entryOf(row, stream.directed));
  }

  #known(subscription: Subscription): { stream: Stream; group: Group } | undefined {
    const stream = this.#find(subscription.stream);
    const group = stream?.groups.get(subscription.group);
    return stream && group && { stream, group };
  }

  #isOutdated(asOf: AsOf | undefined): boolean {
    return asOf !== undefined && this.#parts.newestOf(asOf.flow) > asOf.revision;
  }

  /**
   * A group that is missing although somebody reads it is made anew at the start: repeats are seen, losses not. One that
   * a newer revision removed stays away.
   */
  #restored(subscription: Subscription): { stream: Stream; group: Group } | undefined {
    if (this.#isOutdated(subscription.asOf)) return undefined;
    const stream = this.#open(subscription.stream);
    this.#parts.logger.warn(
      `Group "${subscription.group}" of topic "${subscription.stream.topic}" was missing; it starts anew with the oldest message.`,
    );
    return { stream, group: stream.makeGroup(subscription.group, "start") };
  }

  #trim(address: TopicAddress, keep: Keep): number {
    const stream = this.#find(address);
    if (!stream) return 0;
    const positionOfNth = (index: number) => stream.entries.nth(index) ?? stream.last + 1;
    const { bytes } = keep;
    const fitting = bytes === undefined ? stream.length : bytes / Math.max(1, stream.entries.meanSize());
    const surplus = stream.length - Math.floor(Math.min(keep.messages, fitting));
    let before = surplus > 0 ? positionOfNth(Math.min(surplus, TRIM_STEP)) : 0;
    if (keep.ageMs !== undefined) {
      const aged = positionAt(this.#parts.clock.now() - keep.ageMs);
      before = Math.max(before, Math.min(aged, positionOfNth(TRIM_STEP)));
    }
    before = Math.min(before, stream.floor);
    return before > 0 ? stream.removeBefore(before) : 0;
  }

  #find(address: TopicAddress): Stream | undefined {
    const key = keyOf(address);
    const known = this.#streams.get(key);
    if (known) return known;
    const row = rowOf(this.#statements.findStream.get(address.flow ?? "", nameOf(address)));
    if (!row) return undefined;
    const id = Number(row[0]);
    const entries = new Entries(this.#parts.database, id, { make: false });
    const stream = new Stream(this.#statements, entries, id, Number(row[1]));
    this.#streams.set(key, stream);
    return stream;
  }

  #open(address: TopicAddress): Stream {
    const known = this.#find(address);
    if (known) return known;
    const made = this.#statements.makeStream.run(address.flow ?? "", nameOf(address));
    const id = Number(made.lastInsertRowid);
    const entries = new Entries(this.#parts.database, id, { make: true });
    const stream = new Stream(this.#statements, entries, id, 0);
    this.#streams.set(keyOf(address), stream);
    return stream;
  }
}

const KEYS = new WeakMap<TopicAddress, string>();

/** Callers name a topic by the same object again and again. */
function keyOf(address: TopicAddress): string {
  const known = KEYS.get(address);
  if (known !== undefined) return known;
  const key = `${address.flow ?? ""}\n${nameOf(address)}`;
  KEYS.set(address, key);
  return key;
}

function entryOf([position, body]: Row, directed: ReadonlyMap<number, string>): StreamEntry {
  const id = entryId(Number(position));
  const entry = { id, body: bytesOf(body), fields: undefined, deliveries: 0, failures: 0 };
  const group = directed.size > 0 ? directed.get(Number(position)) : undefined;
  return group === undefined ? entry : { ...entry, group };
}

function pendingEntry(stream: Stream, position: number, deliveries: number, failures: number): StreamEntry {
  const entry = entryOf([position, stream.entries.body(position)?.[0] ?? null], stream.directed);
  return { ...entry, deliveries, failures };
}
