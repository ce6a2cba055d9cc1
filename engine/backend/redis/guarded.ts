// What callers see of streams and revisions in Redis: each message goes over the connection that its durability asks
// for, and nothing is written to a Redis that lost its data until a person has decided.
import { MillraceError, redisEmptied } from "../../base/errors/index.ts";
import type {
  AsOf,
  Commit,
  Durability,
  Producer,
  PublishOptions,
  ReadOptions,
  Removal,
  RevisionStore,
  StoredRevision,
  StreamEntry,
  StreamStore,
  Subscription,
  TopicAddress,
} from "../backend.ts";
import type { Durable } from "./durable.ts";
import type { RedisRevisions } from "./revisions.ts";
import type { RedisStreams } from "./streams.ts";

/** Throws `backend/redis-emptied` while nothing may be written. */
export type Guard = () => void;

/** The guard of a backend. */
export function guardOf(emptied: () => boolean, url: string): Guard {
  return () => {
    if (emptied()) throw redisEmptied({ url });
  };
}

export class GuardedStreams implements StreamStore {
  readonly #plain: RedisStreams;
  readonly #durable: Durable<RedisStreams>;
  readonly #guard: Guard;

  constructor(parts: { plain: RedisStreams; durable: Durable<RedisStreams>; guard: Guard }) {
    this.#plain = parts.plain;
    this.#durable = parts.durable;
    this.#guard = parts.guard;
  }

  async requireDurability(stream: TopicAddress, durability: Durability): Promise<void> {
    if (durability !== "written") await this.#durable.require(stream, durability);
  }

  async ensureGroup(stream: TopicAddress, group: string, from: "new" | "start", asOf?: AsOf) {
    this.#guard();
    return this.#plain.ensureGroup(stream, group, from, asOf);
  }

  async removeGroup(stream: TopicAddress, group: string, asOf?: AsOf): Promise<number | undefined> {
    this.#guard();
    return this.#plain.removeGroup(stream, group, asOf);
  }

  async publish(
    stream: TopicAddress,
    producer: Producer,
    bodies: readonly Uint8Array[],
    options: PublishOptions = {},
  ) {
    this.#guard();
    return (await this.#of(options.durability ?? "written")).publish(stream, producer, bodies, options);
  }

  /** Waits while Redis is emptied: what was under way is settled by nobody, and must not fail for it. */
  async commit(commits: readonly Commit[]): Promise<boolean[]> {
    return (await this.#of(strongest(commits))).commit(commits);
  }

  async read(subscription: Subscription, options: ReadOptions): Promise<StreamEntry[]> {
    try {
      return await this.#plain.read(subscription, options);
    } catch (error) {
      if (error instanceof MillraceError && error.code === "backend/redis-emptied") return [];
      throw error;
    }
  }

  readOwnPending(subscription: Subscription, after: string, count: number) {
    return this.#plain.readOwnPending(subscription, after, count);
  }

  claim(subscription: Subscription, prefix: string, count: number) {
    return this.#plain.claim(subscription, prefix, count);
  }

  release(subscription: Subscription) {
    return this.#plain.release(subscription);
  }

  defer(subscription: Subscription, id: string, delayMs: number) {
    return this.#plain.defer(subscription, id, delayMs);
  }

  takeDue(subscription: Subscription, count: number, options?: { early?: boolean }) {
    return this.#plain.takeDue(subscription, count, options);
  }

  range(stream: TopicAddress, options: { from?: string; to?: string; limit: number }) {
    return this.#plain.range(stream, options);
  }

  info(stream: TopicAddress) {
    return this.#plain.info(stream);
  }

  trim(stream: TopicAddress, keep: { messages: number; ageMs?: number; bytes?: number }) {
    return this.#plain.trim(stream, keep);
  }

  drop(stream: TopicAddress, messages: number) {
    return this.#plain.drop(stream, messages);
  }

  async remove(stream: TopicAddress, removals: readonly Removal[]) {
    this.#guard();
    return this.#plain.remove(stream, removals);
  }

  async #of(durability: Durability): Promise<RedisStreams> {
    return durability === "written" ? this.#plain : this.#durable.of(durability);
  }
}

/** A replica that has it is asked for rather than a disk: it is apart from the machine that fails. */
function strongest(commits: readonly Commit[]): Durability {
  let found: Durability = "written";
  for (const { effects } of commits) {
    for (const effect of effects) {
      if (effect.kind !== "append") continue;
      if (effect.durability === "replicated") return "replicated";
      if (effect.durability === "synced") found = "synced";
    }
  }
  return found;
}

/** Asking is refused too: an engine must not take an emptied Redis for one where its flows were removed. */
export class GuardedRevisions implements RevisionStore {
  readonly #inner: RedisRevisions;
  readonly #guard: Guard;
  readonly #verify: () => Promise<void>;

  constructor(inner: RedisRevisions, guard: Guard, verify: () => Promise<void>) {
    this.#inner = inner;
    this.#guard = guard;
    this.#verify = verify;
  }

  async flows(): Promise<string[]> {
    this.#guard();
    const flows = await this.#inner.flows();
    // It may have been emptied since the last look.
    await this.#verify();
    this.#guard();
    return flows;
  }

  async newest(flow: string): Promise<StoredRevision | undefined> {
    this.#guard();
    return this.#inner.newest(flow);
  }

  async get(flow: string, revision: number): Promise<StoredRevision | undefined> {
    this.#guard();
    return this.#inner.get(flow, revision);
  }

  async list(flow: string): Promise<Omit<StoredRevision, "bundle">[]> {
    this.#guard();
    return this.#inner.list(flow);
  }

  async append(
    flow: string,
    base: number,
    next: Omit<StoredRevision, "revision">,
    options?: { restore?: boolean },
  ): Promise<number | undefined> {
    this.#guard();
    return this.#inner.append(flow, base, next, options);
  }

  async remove(flow: string): Promise<void> {
    this.#guard();
    return this.#inner.remove(flow);
  }

  onChange(listener: (flow: string) => void): Disposable {
    return this.#inner.onChange(listener);
  }
}
