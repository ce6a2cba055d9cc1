// State in Redis: one hash a scope.
import { MillraceError } from "../../base/errors/index.ts";
import type { StateStore } from "../backend.ts";
import { sameValue } from "../expectations.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";

const NONE = new Uint8Array();

export class RedisState implements StateStore {
  readonly #connection: Connection;
  readonly #keys: Keys;

  constructor(connection: Connection, keys: Keys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  async get(scope: string, key: string): Promise<Uint8Array | undefined> {
    const hash = this.#keys.state(scope);
    const value = await this.#connection.call(`read the state "${key}"`, (redis) =>
      redis.hgetBuffer(hash, key),
    );
    return value ?? undefined;
  }

  async set(scope: string, key: string, value: Uint8Array): Promise<void> {
    const hash = this.#keys.state(scope);
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    await this.#connection.call(`write the state "${key}"`, (redis) => redis.hset(hash, key, bytes));
  }

  async delete(scope: string, key: string): Promise<void> {
    const hash = this.#keys.state(scope);
    await this.#connection.call(`delete the state "${key}"`, (redis) => redis.hdel(hash, key));
  }

  /** Throws `backend/answer-lost` when it is not known whether it was done: repeating it could answer wrongly. */
  async compareAndSet(
    scope: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean> {
    const args = [key, expected ? "1" : "0", expected ?? NONE, value ? "1" : "0", value ?? NONE];
    const call = this.#connection.fcall("compare_and_set", [this.#keys.state(scope)], args);
    const action = `change the state "${key}"`;
    const reply = await this.#connection.call(action, (redis) => redis.call("FCALL", call), {
      repeatable: false,
    });
    return reply === 1;
  }

  /**
   * As `compareAndSet`, repeated until the answer is known: a value that is the new one already counts as set. For those
   * who repeat the whole step anyway.
   */
  async compareAndSetOnce(
    scope: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean> {
    for (;;) {
      try {
        return await this.compareAndSet(scope, key, expected, value);
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== "backend/answer-lost") throw error;
        const found = await this.get(scope, key);
        if (sameValue(found ?? null, value ?? null)) return true;
      }
    }
  }

  keys(scope: string): Promise<string[]> {
    const hash = this.#keys.state(scope);
    return this.#connection.call(`list the state of "${scope}"`, (redis) => redis.hkeys(hash));
  }
}
