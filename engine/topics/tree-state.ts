// State as nodes see it: values by scope and key. Inside a delivery tree a write waits in the tree's outbox and is
// committed with it; until then other trees of this engine see it, and may commit only after it. A tree's commit
// holds only if nobody has changed meanwhile what it had read before it wrote: no update is lost, also not by a
// node that reads and then writes.
import { isDeepStrictEqual } from "node:util";
import type { StateStore } from "../backend/backend.ts";
import { decodeValue, encodeValue } from "../codec/index.ts";
import { holdInTrees } from "./outbox.ts";
import type { Tree } from "./tree.ts";

type Trees = readonly Tree[] | undefined;

interface Uncommitted {
  readonly value: Uint8Array | undefined;
  readonly tree: Tree;
}

export class TreeState {
  readonly #store: StateStore;
  /** Writes by key, in order: when the last one comes to nothing, the one before it counts again. */
  readonly #uncommitted = new Map<string, Uncommitted[]>();
  readonly #locks = new Map<string, Promise<unknown>>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  async get(scope: string, key: string, trees: Trees): Promise<unknown> {
    return decode(await this.#read(scope, key, trees));
  }

  /** `value` undefined deletes. */
  async set(scope: string, key: string, value: unknown, trees: Trees): Promise<void> {
    const bytes = value === undefined ? undefined : encodeValue(value);
    await this.#locked(scope, key, async () => {
      if (trees) this.#hold(scope, key, bytes, trees);
      else if (bytes) await this.#store.set(scope, key, bytes);
      else await this.#store.delete(scope, key);
    });
  }

  /** Atomic on the key: across nodes, engines and trees. */
  async update(
    scope: string,
    key: string,
    change: (current: unknown) => unknown,
    trees: Trees,
  ): Promise<unknown> {
    return this.#locked(scope, key, async () => {
      for (;;) {
        const before = await this.#read(scope, key, trees);
        const next = change(decode(before));
        const after = next === undefined ? undefined : encodeValue(next);
        if (trees) {
          this.#hold(scope, key, after, trees);
          return next;
        }
        if (await this.#store.compareAndSet(scope, key, before, after)) return next;
      }
    });
  }

  /**
   * Sets the value if it is still `expected`, and says whether it was. Within trees it is taken to be: what they have
   * read before is looked at again by their commit.
   */
  async replace(
    scope: string,
    key: string,
    expected: unknown,
    value: unknown,
    trees: Trees,
  ): Promise<boolean> {
    if (trees) {
      await this.set(scope, key, value, trees);
      return true;
    }
    return this.#locked(scope, key, async () => {
      const before = await this.#store.get(scope, key);
      if (!isDeepStrictEqual(decode(before), expected)) return false;
      return this.#store.compareAndSet(
        scope,
        key,
        before,
        value === undefined ? undefined : encodeValue(value),
      );
    });
  }

  async #read(scope: string, key: string, trees: Trees): Promise<Uint8Array | undefined> {
    if (!trees) return this.#store.get(scope, key);
    const name = nameOf(scope, key);
    const uncommitted = this.#uncommitted.get(name)?.findLast(({ tree }) => !tree.isLost);
    if (uncommitted) dependOn(uncommitted.tree, trees);
    const value = uncommitted ? uncommitted.value : await this.#store.get(scope, key);
    trees[0]?.remember(name, value ?? null);
    return value;
  }

  #hold(scope: string, key: string, value: Uint8Array | undefined, trees: readonly Tree[]): void {
    const name = nameOf(scope, key);
    const writes = this.#uncommitted.get(name) ?? [];
    const before = writes.findLast(({ tree }) => !tree.isLost);
    if (before) dependOn(before.tree, trees);
    const [tree] = trees;
    const expected = recalled(trees, name);
    const expectation = expected === undefined ? {} : { expected };
    holdInTrees(trees, { kind: "state", scope, key, value, ...expectation });
    if (!tree || tree.isLost) return;
    tree.remember(name, value ?? null, { written: true });
    const write = { value, tree };
    writes.push(write);
    this.#uncommitted.set(name, writes);
    void tree.outcome().then(() => {
      writes.splice(writes.indexOf(write), 1);
      if (writes.length === 0 && this.#uncommitted.get(name) === writes) this.#uncommitted.delete(name);
    });
  }

  /** One at a time for a key, in order. */
  async #locked<T>(scope: string, key: string, work: () => Promise<T>): Promise<T> {
    const name = nameOf(scope, key);
    const before = this.#locks.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#locks.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#locks.get(name) === mine) this.#locks.delete(name);
    }
  }
}

function dependOn(writer: Tree, readers: readonly Tree[]): void {
  for (const reader of readers) reader.waitFor(writer);
}

/** What any of the trees saw first. */
function recalled(trees: readonly Tree[], name: string): Uint8Array | null | undefined {
  for (const tree of trees) {
    const value = tree.recall(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function nameOf(scope: string, key: string): string {
  return `${scope}\n${key}`;
}

function decode(bytes: Uint8Array | undefined): unknown {
  return bytes === undefined ? undefined : decodeValue(bytes);
}
