// Streams in Redis: every call is one command or one function, and is repeated until its answer is known.
import { backendClosed, errorText, fenced } from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type {
  AsOf,
  Commit,
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
import { parseEntryId } from "../entry-id.ts";
import { PRODUCER_SILENT_MS, PRODUCERS_KEPT, PRODUCERS_LIMIT } from "../limits.ts";
import { commitArguments, inParts } from "./commit-arguments.ts";
import type { Connection } from "./connection.ts";
import { delay } from "./delay.ts";
import { classifyFailure } from "./failure.ts";
import type { Keys } from "./keys.ts";
import { Lanes } from "./lanes.ts";
import { entryOf, fieldsOf, listOf, pendingEntryOf, textOf } from "./replies.ts";
import type { Watcher } from "./watcher.ts";

/** Fewer removed than this, and there is nothing more to trim in the next step. */
const TRIM_STEP = 1000;
/** Between looks of a reader whose group a newer revision has removed. */
const OUTDATED_PAUSE_MS = 250;

export interface RedisStreamsParts {
  readonly connection: Connection;
  readonly watcher: Watcher;
  readonly keys: Keys;
  readonly logger: Logger;
}

export class RedisStreams implements Omit<StreamStore, "requireDurability"> {
  readonly #connection: Connection;
  readonly #watcher: Watcher;
  readonly #keys: Keys;
  readonly #logger: Logger;
  readonly #lanes = new Lanes();

  constructor(parts: RedisStreamsParts) {
    this.#connection = parts.connection;
    this.#watcher = parts.watcher;
    this.#keys = parts.keys;
    this.#logger = parts.logger;
  }

  async ensureGroup(
    stream: TopicAddress,
    group: string,
    from: "new" | "start",
    asOf?: AsOf,
  ): Promise<"made" | "existed" | "outdated"> {
    const keys = [this.#keys.topic(stream), ...this.#flowOf(asOf)];
    const args = [group, from === "new" ? "$" : "0", asOf?.revision ?? ""];
    const call = this.#connection.fcall("ensure_group", keys, args);
    const reply = await this.#connection.call(`make the group "${group}"`, (redis) =>
      redis.call("FCALL", call),
    );
    const outcome = textOf(reply);
    return outcome === "made" || outcome === "outdated" ? outcome : "existed";
  }

  async removeGroup(stream: TopicAddress, group: string, asOf?: AsOf): Promise<number | undefined> {
    const keys = [this.#keys.topic(stream), this.#keys.deferred(stream, group), ...this.#flowOf(asOf)];
    const call = this.#connection.fcall("remove_group", keys, [group, asOf?.revision ?? ""]);
    const reply = await this.#connection.call(`remove the group "${group}"`, (redis) =>
      redis.call("FCALL", call),
    );
    return Number(reply) < 0 ? undefined : Number(reply);
  }

  async publish(
    stream: TopicAddress,
    producer: Producer,
    bodies: readonly Uint8Array[],
    { group = "" }: PublishOptions = {},
  ): Promise<PublishResult> {
    const keys = [this.#keys.topic(stream), this.#keys.producers(stream)];
    return this.#lanes.publish(
      `${keys[0]}\n${producer.id}\n${group}`,
      { sequence: producer.sequence, bodies, fence: producer.fence },
      async (batch) => {
        const limits = [PRODUCERS_KEPT, PRODUCER_SILENT_MS, PRODUCERS_LIMIT];
        const { fence } = batch;
        const args = this.#connection.fcall(
          "publish",
          fence ? [...keys, this.#keys.lease(fence.lease)] : keys,
          [producer.id, batch.sequence, ...limits, fence?.epoch ?? "", group, ...batch.bodies],
        );
        const reply = await this.#connection.call(`append to "${stream.topic}"`, (redis) =>
          redis.call("FCALL", args),
        );
        const [waiting, ...ids] = listOf(reply);
        if (fence && Number(waiting) < 0) throw fenced({ lease: fence.lease.name, epoch: fence.epoch });
        return { ids: ids.map((id) => textOf(id) || undefined), waiting: Number(waiting) };
      },
    );
  }

  async read(subscription: Subscription, options: ReadOptions): Promise<StreamEntry[]> {
    const deadline = performance.now() + options.waitMs;
    const session = this.#connection.session;
    const key = this.#keys.topic(subscription.stream);
    while (!options.signal.aborted) {
      // An answer of an earlier session may have been lost: the caller looks at its own pending entries first.
      const entries = await this.#take(subscription, options);
      if (entries === undefined || entries.length > 0) return entries ?? [];
      const left = deadline - performance.now();
      if (left <= 0) return [];
      const after = await this.#lastDelivered(subscription);
      if (after !== undefined) await this.#watcher.until(key, after, left, options.signal);
      if (this.#connection.closed) throw backendClosed({});
      if (this.#connection.session !== session) return [];
    }
    return [];
  }

  async readOwnPending(subscription: Subscription, after: string, count: number): Promise<StreamEntry[]> {
    const { group, consumer } = subscription;
    const entries: StreamEntry[] = [];
    let from = after === "0" ? "0-0" : after;
    while (entries.length < count) {
      const args = [group, consumer, from, count - entries.length];
      const [last, ...found] = listOf(await this.#ofGroup(subscription, "held", args));
      from = textOf(last);
      if (from === "") break;
      entries.push(...found.map(pendingEntryOf));
    }
    return entries;
  }

  async claim(subscription: Subscription, prefix: string, count: number): Promise<StreamEntry[]> {
    const { group, consumer } = subscription;
    const reply = await this.#ofGroup(subscription, "claim", [group, consumer, prefix, count]);
    return listOf(reply).map(pendingEntryOf);
  }

  async release(subscription: Subscription): Promise<void> {
    await this.#ofGroup(subscription, "release", [subscription.group, subscription.consumer]);
  }

  async defer(subscription: Subscription, id: string, delayMs: number): Promise<boolean> {
    const { group, consumer } = subscription;
    const args = [group, consumer, id, Math.max(0, Math.ceil(delayMs))];
    return Number(await this.#ofGroup(subscription, "defer", args)) === 1;
  }

  async takeDue(subscription: Subscription, count: number, options: { early?: boolean } = {}) {
    const { group, consumer } = subscription;
    const args = [group, consumer, count, options.early ? "1" : "0"];
    const [next, ...found] = listOf(await this.#ofGroup(subscription, "take_due", args));
    const text = textOf(next);
    return { entries: found.map(pendingEntryOf), nextMs: text === "" ? undefined : Number(text) };
  }

  async commit(commits: readonly Commit[]): Promise<boolean[]> {
    const applied: boolean[] = [];
    // One after the other: a repeated part must not come behind the next one.
    for (const part of inParts(commits)) {
      const { keys, args } = commitArguments(part, this.#keys);
      const call = this.#connection.fcall("commit", keys, args);
      const reply = await this.#connection.call("commit", (redis) => redis.call("FCALL", call));
      for (const answer of listOf(reply)) applied.push(answer === 1);
    }
    return applied;
  }

  async range(stream: TopicAddress, options: { from?: string; to?: string; limit: number }) {
    for (const place of [options.from, options.to]) if (place !== undefined) parseEntryId(place);
    if (options.limit <= 0) return { entries: [], next: null };
    const key = this.#keys.topic(stream);
    const to = options.to ?? "+";
    const action = `read "${stream.topic}"`;
    const { from } = options;
    if (from === undefined) {
      const newest = await this.#connection.call(action, (redis) =>
        redis.xrevrangeBuffer(key, to, "-", "COUNT", options.limit),
      );
      return {
        entries: listOf(newest)
          .map((reply) => entryOf(reply))
          .reverse(),
        next: null,
      };
    }
    const reply = await this.#connection.call(action, (redis) =>
      redis.xrangeBuffer(key, from, to, "COUNT", options.limit + 1),
    );
    const entries = listOf(reply).map((each) => entryOf(each));
    const next = entries.length > options.limit ? (entries.pop()?.id ?? null) : null;
    return { entries, next };
  }

  async info(stream: TopicAddress): Promise<StreamInfo> {
    const call = this.#connection.fcall("info", [this.#keys.topic(stream)], []);
    const reply = await this.#connection.call(`look at "${stream.topic}"`, (redis) =>
      redis.call("FCALL", call),
    );
    const [length, ...groups] = listOf(reply);
    return {
      length: Number(length),
      groups: groups.map(listOf).map(([group, lag, pending, consumers]) => ({
        group: textOf(group),
        lag: Number(lag),
        pending: Number(pending),
        consumers: Number(consumers),
      })),
    };
  }

  async trim(
    stream: TopicAddress,
    keep: { messages: number; ageMs?: number; bytes?: number },
  ): Promise<number> {
    const { messages, ageMs = "", bytes = "" } = keep;
    const call = this.#connection.fcall("trim", [this.#keys.topic(stream)], [messages, ageMs, bytes]);
    let removed = 0;
    for (;;) {
      const reply = await this.#connection.call(`trim "${stream.topic}"`, (redis) =>
        redis.call("FCALL", call),
      );
      removed += Number(reply);
      if (Number(reply) < TRIM_STEP) return removed;
    }
  }

  async drop(stream: TopicAddress, messages: number): Promise<number> {
    const call = this.#connection.fcall("drop", [this.#keys.topic(stream)], [messages]);
    return Number(
      await this.#connection.call(`make room in "${stream.topic}"`, (redis) => redis.call("FCALL", call)),
    );
  }

  async remove(stream: TopicAddress, removals: readonly Removal[]): Promise<boolean[]> {
    const keys = [this.#keys.topic(stream)];
    const args = removals.flatMap(({ id, instead }) => {
      if (!instead) return [id, 0, "", ""];
      const key = this.#keys.topic(instead.stream);
      if (!keys.includes(key, 1)) keys.push(key);
      return [id, keys.indexOf(key, 1) + 1, instead.body, instead.group ?? ""];
    });
    for (const { id } of removals) parseEntryId(id);
    const call = this.#connection.fcall("remove", keys, args);
    const reply = await this.#connection.call(`remove from "${stream.topic}"`, (redis) =>
      redis.call("FCALL", call),
    );
    return listOf(reply).map((removed) => removed === 1);
  }

  /** Undefined: there was no connection, or it broke; entries may have been handed out unseen. */
  async #take(subscription: Subscription, options: ReadOptions): Promise<StreamEntry[] | undefined> {
    const { group, consumer } = subscription;
    const key = this.#keys.topic(subscription.stream);
    const fenced = this.#fencedRead(subscription, options);
    for (let attempt = 0; ; attempt++) {
      if (!this.#connection.usable) {
        const limit = AbortSignal.any([options.signal, AbortSignal.timeout(Math.max(0, options.waitMs))]);
        await this.#connection.whenReady(limit);
        return undefined;
      }
      try {
        const reply = await this.#connection.once((redis) =>
          fenced
            ? redis.callBuffer("FCALL", fenced)
            : redis.xreadgroupBuffer("GROUP", group, consumer, "COUNT", options.count, "STREAMS", key, ">"),
        );
        if (fenced && reply === null) return undefined;
        const [stream] = listOf(reply);
        return listOf(listOf(stream)[1]).map((entry) => entryOf(entry));
      } catch (error) {
        if (options.signal.aborted) return undefined;
        if (await this.#restoredGroup(subscription, error)) continue;
        if (isGroupMissing(error)) {
          // A newer revision removed it, and soon this engine runs that one.
          await delay(Math.min(options.waitMs, OUTDATED_PAUSE_MS), options.signal);
          return undefined;
        }
        if (classifyFailure(error) === "definite" || this.#connection.closed) {
          return await this.#connection.call(`read "${subscription.stream.topic}"`, () =>
            Promise.reject(error),
          );
        }
        await this.#connection.pause(attempt);
        if (classifyFailure(error) === "lost") return undefined;
      }
    }
  }

  #fencedRead({ stream, group, consumer }: Subscription, { fence, count }: ReadOptions) {
    if (!fence) return undefined;
    const keys = [this.#keys.topic(stream), this.#keys.lease(fence.lease)];
    return this.#connection.fcall("read", keys, [fence.epoch, group, consumer, count]);
  }

  /** The last id that the group handed out: whatever comes after it is new. */
  async #lastDelivered(subscription: Subscription): Promise<string | undefined> {
    const key = this.#keys.topic(subscription.stream);
    try {
      const groups = listOf(await this.#connection.once((redis) => redis.xinfo("GROUPS", key))).map(fieldsOf);
      const mine = groups.find((each) => each.get("name") === subscription.group);
      return mine && textOf(mine.get("last-delivered-id"));
    } catch {
      // The next attempt to read tells what is wrong.
      return undefined;
    }
  }

  /** Calls a function on a group. Of a group that is missing nobody holds anything: an empty answer. */
  async #ofGroup(
    subscription: Subscription,
    name: "held" | "claim" | "release" | "defer" | "take_due",
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const keys = [this.#keys.topic(subscription.stream)];
    if (name === "defer" || name === "take_due")
      keys.push(this.#keys.deferred(subscription.stream, subscription.group));
    const call = this.#connection.fcall(name, keys, args);
    const action = `read what "${subscription.consumer}" holds`;
    return this.#connection.call(action, async (redis) => {
      try {
        return await redis.callBuffer("FCALL", call);
      } catch (error) {
        if (!isGroupMissing(error)) throw error;
        await this.#connection.verify();
        return [];
      }
    });
  }

  /**
   * A group that vanished (FLUSHALL, a foreign DEL) is made anew at the oldest entry: repeats are dropped by the
   * fence, losses are not found again. One that a newer revision removed stays away.
   */
  async #restoredGroup({ stream, group, asOf }: Subscription, error: unknown): Promise<boolean> {
    if (!isGroupMissing(error)) return false;
    // Redis may have been emptied as a whole: then a person decides before anything is made anew.
    await this.#connection.verify();
    const outcome = await this.ensureGroup(stream, group, "start", asOf);
    if (outcome === "made") {
      this.#logger.warn(
        `Group "${group}" of topic "${stream.topic}" was missing in Redis; it starts anew with the oldest message.`,
      );
    }
    return outcome !== "outdated";
  }

  /** The key that says which revision is the newest. */
  #flowOf(asOf: AsOf | undefined): string[] {
    return asOf ? [this.#keys.flow(asOf.flow)] : [];
  }
}

function isGroupMissing(error: unknown): boolean {
  const message = errorText(error);
  return message.includes("NOGROUP") || /no such key/i.test(message);
}
