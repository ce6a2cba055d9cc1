// State that lives as long as the test. Values are copied in and out, as a backend would.
import { isDeepStrictEqual } from "node:util";
import type { ContextState, StateScope } from "../context.ts";

class MemoryScope implements StateScope {
  readonly entries = new Map<string, unknown>();

  async get<T = unknown>(key: string): Promise<T | undefined> {
    return structuredClone(this.entries.get(key)) as T | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.entries.delete(key);
    else this.entries.set(key, structuredClone(value));
  }

  async delete(key: string): Promise<void> {
    this.entries.delete(key);
  }

  async replace(key: string, expected: unknown, value: unknown): Promise<boolean> {
    if (!isDeepStrictEqual(await this.get(key), expected)) return false;
    await (value === undefined ? this.delete(key) : this.set(key, value));
    return true;
  }

  async update<T = unknown>(
    key: string,
    change: (current: T | undefined) => T | undefined,
  ): Promise<T | undefined> {
    const next = change(structuredClone(this.entries.get(key)) as T | undefined);
    await this.set(key, next);
    return next;
  }
}

/** What may be in the state before a node starts; the names at the top are node scope. */
export interface InitialState {
  readonly node?: Readonly<Record<string, unknown>>;
  readonly flow?: Readonly<Record<string, unknown>>;
  readonly global?: Readonly<Record<string, unknown>>;
}

/** Hand the same one to a second harness to see a node after a restart. */
export class MemoryState extends MemoryScope implements ContextState {
  readonly flow = new MemoryScope();
  readonly global = new MemoryScope();

  constructor(initial: InitialState = {}) {
    super();
    for (const [scope, values] of [
      [this, initial.node],
      [this.flow, initial.flow],
      [this.global, initial.global],
    ] as const) {
      for (const [key, value] of Object.entries(values ?? {})) scope.entries.set(key, structuredClone(value));
    }
  }
}
