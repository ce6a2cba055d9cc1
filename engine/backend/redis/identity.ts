// By what a Redis that came back without its data is told from the one that is known: a random name, made by the first
// engine and remembered by all. Each part of a cluster has one of its own, since it may be emptied alone. When a name is
// gone or another, the connection is held: nothing is written until a person decides.
import { randomUUID } from "node:crypto";
import { redisEmptied } from "../../base/errors/index.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";
import type { KnownIdentity } from "./known-identity.ts";

/** So many names are spread over the slots of a cluster: every master has some of them. */
const CLUSTER_PARTS = 16;
/** "Whoever knew that one may go on": set by a person's decision. */
const FOLLOWS = "follows:";

export class Identity {
  readonly #keys: Keys;
  readonly #url: string;
  readonly #kept: KnownIdentity;
  #known: readonly string[] | undefined;
  #emptied = false;

  /** `kept`: what an earlier run of this engine knew. */
  constructor(options: { keys: Keys; url: string; kept: KnownIdentity }) {
    this.#keys = options.keys;
    this.#url = options.url;
    this.#kept = options.kept;
    this.#known = options.kept.read();
  }

  /** The data that this engine knows is not there. */
  get emptied(): boolean {
    return this.#emptied;
  }

  /** Looks whether it is still the same; holds the connection when it is not. The first look makes what is missing. */
  async verify(connection: Connection): Promise<void> {
    const known = this.#known;
    if (!known) {
      this.#know(await this.#introduce(connection));
      return;
    }
    const found = await Promise.all(known.map((name, part) => this.#look(connection, part, name)));
    // A person has decided while it was looked at.
    if (this.#known !== known) return;
    if (found.every((each) => each !== undefined)) {
      this.#know(found);
      this.#emptied = false;
      connection.hold(this, undefined);
      return;
    }
    this.#emptied = true;
    connection.hold(this, redisEmptied({ url: this.#url }).message);
  }

  /**
   * A person's decision: it is the right one as it stands. `restore` writes what this engine remembers; then the other
   * engines that knew the same go on, too.
   */
  async accept(connection: Connection, restore: () => Promise<void>): Promise<void> {
    const known = this.#known;
    const now = await this.#introduce(connection);
    this.#know(now);
    this.#emptied = false;
    connection.hold(this, undefined);
    await restore();
    for (const [part, name] of now.entries()) {
      const before = known?.[part];
      if (before === undefined || before === name) continue;
      const key = this.#keys.identity(part);
      await connection.once((redis) => redis.hset(key, FOLLOWS + before, "1"));
    }
  }

  #know(names: readonly string[]): void {
    if (names.join() === this.#known?.join()) return;
    this.#known = names;
    this.#kept.write(names);
  }

  /** The names that are there; new ones where there are none. */
  async #introduce(connection: Connection): Promise<string[]> {
    const names: string[] = [];
    for (let part = 0; part < (connection.clustered ? CLUSTER_PARTS : 1); part++) {
      const key = this.#keys.identity(part);
      await connection.once((redis) => redis.hsetnx(key, "name", randomUUID()));
      names.push((await connection.once((redis) => redis.hget(key, "name"))) ?? "");
    }
    return names;
  }

  /** The name of a part, if it is the known one or follows it. */
  async #look(connection: Connection, part: number, name: string): Promise<string | undefined> {
    const key = this.#keys.identity(part);
    const [found, follows] = await connection.once((redis) => redis.hmget(key, "name", FOLLOWS + name));
    return found && (found === name || follows === "1") ? found : undefined;
  }
}
