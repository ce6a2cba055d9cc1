// Deployed revisions in Redis: heads and bundles in one hash a flow, the newest number in another.
import { randomUUID } from "node:crypto";
import type { RevisionStore, StoredRevision } from "../backend.ts";
import { REVISIONS_KEPT } from "../limits.ts";
import type { Listeners } from "../listeners.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";

type Head = Omit<StoredRevision, "bundle">;

export class RedisRevisions implements RevisionStore {
  readonly #connection: Connection;
  readonly #keys: Keys;
  readonly #changes: Listeners<[string]>;

  /** `changes`: tells of what other engines and this one changed. */
  constructor(connection: Connection, keys: Keys, changes: Listeners<[string]>) {
    this.#connection = connection;
    this.#keys = keys;
    this.#changes = changes;
  }

  async flows(): Promise<string[]> {
    const flows = await this.#connection.call("list the flows", (redis) =>
      redis.smembers(this.#keys.flows()),
    );
    // A flow is entered before its first revision is stored.
    const newest = await Promise.all(flows.map((flow) => this.#newestNumber(flow)));
    return flows.filter((_flow, index) => (newest[index] ?? 0) > 0).sort();
  }

  async newest(flow: string): Promise<StoredRevision | undefined> {
    const revision = await this.#newestNumber(flow);
    return revision === 0 ? undefined : this.get(flow, revision);
  }

  async get(flow: string, revision: number): Promise<StoredRevision | undefined> {
    const key = this.#keys.revisions(flow);
    const [head, bundle] = await this.#connection.call("read a revision", (redis) =>
      redis.hmget(key, String(revision), `${revision}:bundle`),
    );
    return head && typeof bundle === "string" ? { ...readHead(revision, head), bundle } : undefined;
  }

  async list(flow: string): Promise<Head[]> {
    const key = this.#keys.revisions(flow);
    const newest = await this.#newestNumber(flow);
    if (newest === 0) return [];
    const numbers = Array.from({ length: Math.min(newest, REVISIONS_KEPT) }, (_, index) => newest - index);
    const heads = await this.#connection.call("list the revisions", (redis) =>
      redis.hmget(key, ...numbers.map(String)),
    );
    return numbers.flatMap((revision, index) => {
      const head = heads[index];
      return head ? [readHead(revision, head)] : [];
    });
  }

  async append(
    flow: string,
    base: number,
    next: Omit<StoredRevision, "revision">,
    { restore = false }: { restore?: boolean } = {},
  ): Promise<number | undefined> {
    const { bundle, ...head } = next;
    await this.#connection.call("enter the flow", (redis) => redis.sadd(this.#keys.flows(), flow));
    const call = this.#connection.fcall(
      "append_revision",
      [this.#keys.flow(flow), this.#keys.revisions(flow)],
      [
        base,
        randomUUID(),
        JSON.stringify(head),
        bundle,
        REVISIONS_KEPT,
        this.#keys.revisionChanges(),
        flow,
        restore ? "1" : "0",
      ],
    );
    const reply = await this.#connection.call("store the revision", (redis) => redis.call("FCALL", call));
    return Number(reply) || undefined;
  }

  async remove(flow: string): Promise<void> {
    const keys = [this.#keys.flow(flow), this.#keys.revisions(flow)];
    await this.#connection.call("remove the flow", (redis) => redis.del(...keys));
    await this.#connection.call("remove the flow", (redis) => redis.srem(this.#keys.flows(), flow));
    await this.#connection.call("tell of the removal", (redis) =>
      redis.publish(this.#keys.revisionChanges(), flow),
    );
  }

  onChange(listener: (flow: string) => void): Disposable {
    return this.#changes.add(listener);
  }

  async #newestNumber(flow: string): Promise<number> {
    const key = this.#keys.flow(flow);
    return Number(await this.#connection.call("read the revision", (redis) => redis.hget(key, "newest")));
  }
}

function readHead(revision: number, text: string): Head {
  const { time, author, note, content } = JSON.parse(text);
  return {
    revision,
    time: Number(time),
    author: String(author),
    note: String(note),
    content: String(content),
  };
}
