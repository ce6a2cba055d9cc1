// State values in SQLite.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StateStore } from "../backend.ts";
import { sameValue } from "../expectations.ts";
import type { Writer } from "./writer.ts";

export class EmbeddedState implements StateStore {
  readonly #writer: Writer;
  readonly #get: StatementSync;
  readonly #set: StatementSync;
  readonly #delete: StatementSync;
  readonly #keys: StatementSync;

  constructor(database: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#get = database.prepare("SELECT value FROM state WHERE scope = ? AND key = ?");
    this.#set = database.prepare(
      "INSERT INTO state (scope, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3",
    );
    this.#delete = database.prepare("DELETE FROM state WHERE scope = ? AND key = ?");
    this.#keys = database.prepare("SELECT key FROM state WHERE scope = ? ORDER BY key");
  }

  get(scope: string, key: string): Promise<Uint8Array | undefined> {
    return this.#writer.transact(() => this.read(scope, key));
  }

  set(scope: string, key: string, value: Uint8Array): Promise<void> {
    return this.#writer.transact(() => this.write(scope, key, value));
  }

  delete(scope: string, key: string): Promise<void> {
    return this.#writer.transact(() => this.write(scope, key, undefined));
  }

  compareAndSet(
    scope: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean> {
    return this.#writer.transact(() => {
      if (!sameValue(this.read(scope, key) ?? null, expected ?? null)) return false;
      this.write(scope, key, value);
      return true;
    });
  }

  keys(scope: string): Promise<string[]> {
    return this.#writer.transact(() => this.#keys.all(scope).map((row) => String(row.key)));
  }

  /** Inside a transaction. */
  write(scope: string, key: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#delete.run(scope, key);
    else this.#set.run(scope, key, value);
  }

  /** Inside a transaction. */
  read(scope: string, key: string): Uint8Array | undefined {
    const value = this.#get.get(scope, key)?.value;
    return value instanceof Uint8Array ? value : undefined;
  }
}
