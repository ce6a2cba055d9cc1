// Streams on Redis Cluster: what one call cannot do because its keys are in several slots is done in several calls, in
// an order that loses nothing. What is elsewhere is applied before the commit, so it happens at least once; appends are
// recognised by their marks when a commit is repeated (docs/redis.md, "On a cluster").
import { fenced } from "../../base/errors/index.ts";
import type {
  AsOf,
  Commit,
  Producer,
  PublishOptions,
  PublishResult,
  Removal,
  TopicAddress,
} from "../backend.ts";
import type { Fence } from "../leases.ts";
import { EFFECT_MARKS_KEPT, EFFECT_MARKS_MS } from "../limits.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";
import { slotOf } from "./slot.ts";
import { type SplitCommit, splitCommit } from "./split-commit.ts";
import { RedisState } from "./state.ts";
import { RedisStreams, type RedisStreamsParts } from "./streams.ts";

interface MarkedBody {
  readonly mark: string;
  readonly body: Uint8Array;
  /** The only group that it is meant for. */
  readonly group?: string | undefined;
}

/** Effects in one call at most. */
const STEP = 256;

export class ClusterStreams extends RedisStreams {
  readonly #connection: Connection;
  readonly #keys: Keys;
  readonly #state: RedisState;

  constructor(parts: RedisStreamsParts) {
    super(parts);
    this.#connection = parts.connection;
    this.#keys = parts.keys;
    this.#state = new RedisState(parts.connection, parts.keys);
  }

  /** A lease in another slot is looked at before: it may change hands in between, but whoever lost it cannot win. */
  override async publish(
    stream: TopicAddress,
    producer: Producer,
    bodies: readonly Uint8Array[],
    options: PublishOptions = {},
  ): Promise<PublishResult> {
    const { fence, ...unfenced } = producer;
    if (!fence || slotOf(this.#keys.lease(fence.lease)) === slotOf(this.#keys.topic(stream))) {
      return super.publish(stream, producer, bodies, options);
    }
    if (!(await this.#holds(fence))) throw fenced({ lease: fence.lease.name, epoch: fence.epoch });
    return super.publish(stream, unfenced, bodies, options);
  }

  /** The revisions of a flow in another slot are looked at before. */
  override async ensureGroup(stream: TopicAddress, group: string, from: "new" | "start", asOf?: AsOf) {
    if (!asOf || this.#isBeside(asOf, stream)) return super.ensureGroup(stream, group, from, asOf);
    if ((await this.#newest(asOf)) <= asOf.revision) return super.ensureGroup(stream, group, from);
    const { groups } = await this.info(stream);
    return groups.some((each) => each.group === group) ? "existed" : "outdated";
  }

  override async removeGroup(stream: TopicAddress, group: string, asOf?: AsOf): Promise<number | undefined> {
    if (!asOf || this.#isBeside(asOf, stream)) return super.removeGroup(stream, group, asOf);
    if ((await this.#newest(asOf)) !== asOf.revision) return undefined;
    return super.removeGroup(stream, group);
  }

  override async commit(commits: readonly Commit[]): Promise<boolean[]> {
    const split = commits.map((commit) => splitCommit(commit, this.#keys));
    const allowed = await inOrder(split, (each) => this.#conditionsHold(each));
    await this.#applyElsewhere(split.filter((_each, index) => allowed[index]));
    const applied = await this.#commitBySlot(
      split.map(({ slot, home }, index) => ({ slot, commit: allowed[index] ? home : undefined })),
    );
    const others = split.flatMap((each, index) => (applied[index] ? each.others : []));
    if (others.length > 0) await this.#commitBySlot(others);
    return applied;
  }

  override async remove(stream: TopicAddress, removals: readonly Removal[]): Promise<boolean[]> {
    const key = this.#keys.topic(stream);
    const here: Removal[] = [];
    const elsewhere: { stream: TopicAddress; effect: MarkedBody }[] = [];
    for (const removal of removals) {
      const { id, instead } = removal;
      if (!instead || slotOf(this.#keys.topic(instead.stream)) === slotOf(key)) here.push(removal);
      else {
        here.push({ id });
        const exists = (await this.range(stream, { from: id, to: id, limit: 1 })).entries.length > 0;
        if (exists)
          elsewhere.push({
            stream: instead.stream,
            effect: { mark: `${key}|removed|${id}`, body: instead.body, group: instead.group },
          });
      }
    }
    await this.#append(elsewhere);
    return super.remove(stream, here);
  }

  /** Leases and expected values in other slots: the values that were expected are changed with it. */
  async #conditionsHold({ fences, states }: SplitCommit): Promise<boolean> {
    for (const fence of fences) if (!(await this.#holds(fence))) return false;
    for (const { scope, key, value, expected } of states) {
      if (expected === undefined) continue;
      if (!(await this.#state.compareAndSetOnce(scope, key, expected ?? undefined, value))) return false;
    }
    return true;
  }

  #isBeside({ flow }: AsOf, stream: TopicAddress): boolean {
    return slotOf(this.#keys.flow(flow)) === slotOf(this.#keys.topic(stream));
  }

  async #newest({ flow }: AsOf): Promise<number> {
    const key = this.#keys.flow(flow);
    const action = `look at the revisions of "${flow}"`;
    return Number(await this.#connection.call(action, (redis) => redis.hget(key, "newest")));
  }

  async #holds({ lease, epoch }: Fence): Promise<boolean> {
    const key = this.#keys.lease(lease);
    const action = `look at the lease "${lease.name}"`;
    return (await this.#connection.call(action, (redis) => redis.hget(key, "epoch"))) === String(epoch);
  }

  /** In the order of the commits for each stream and each value. */
  async #applyElsewhere(split: readonly SplitCommit[]): Promise<void> {
    const states = split.flatMap((each) => each.states.filter(({ expected }) => expected === undefined));
    const appends = split.flatMap((each) =>
      each.appends.map(({ effect, mark }) => ({
        stream: effect.stream,
        effect: { mark, body: effect.body },
      })),
    );
    if (appends.length > 0) await this.#append(appends);
    for (const { scope, key, value } of states) {
      if (value === undefined) await this.#state.delete(scope, key);
      else await this.#state.set(scope, key, value);
    }
  }

  async #append(effects: readonly { stream: TopicAddress; effect: MarkedBody }[]): Promise<void> {
    const byKey = new Map<string, { stream: TopicAddress; effects: MarkedBody[] }>();
    for (const { stream, effect } of effects) {
      const key = this.#keys.topic(stream);
      const known = byKey.get(key) ?? { stream, effects: [] };
      known.effects.push(effect);
      byKey.set(key, known);
    }
    await Promise.all(
      [...byKey].map(async ([key, { stream, effects: all }]) => {
        for (let from = 0; from < all.length; from += STEP) {
          const args = all
            .slice(from, from + STEP)
            .flatMap(({ mark, body, group = "" }) => [mark, body, group]);
          const keys = [key, this.#keys.effects(stream)];
          const call = this.#connection.fcall("publish_effects", keys, [
            EFFECT_MARKS_KEPT,
            EFFECT_MARKS_MS,
            ...args,
          ]);
          await this.#connection.call(`append to "${stream.topic}"`, (redis) => redis.call("FCALL", call));
        }
      }),
    );
  }

  /** One call for each slot, in order within it; false for what is undefined. */
  async #commitBySlot(commits: readonly { slot: number; commit: Commit | undefined }[]): Promise<boolean[]> {
    const bySlot = new Map<number, { commit: Commit; index: number }[]>();
    for (const [index, { slot, commit }] of commits.entries()) {
      if (!commit) continue;
      const list = bySlot.get(slot) ?? [];
      list.push({ commit, index });
      bySlot.set(slot, list);
    }
    const applied = commits.map(() => false);
    await Promise.all(
      [...bySlot.values()].map(async (list) => {
        const answers = await super.commit(list.map(({ commit }) => commit));
        for (const [place, { index }] of list.entries()) applied[index] = answers[place] ?? false;
      }),
    );
    return applied;
  }
}

async function inOrder<T, R>(list: readonly T[], action: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const each of list) results.push(await action(each));
  return results;
}
