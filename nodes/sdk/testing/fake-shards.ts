// The shards of a node under test: all of them at first, then what the test says.
import type { NodeShards, ShardsChange } from "../context.ts";

export class FakeShards implements NodeShards {
  readonly count: number;
  readonly #listeners = new Set<(change: ShardsChange) => void | Promise<void>>();
  #held: ReadonlySet<number>;

  constructor(count: number, held?: readonly number[]) {
    this.count = count;
    this.#held = new Set(held ?? Array.from({ length: count }, (_, shard) => shard));
  }

  get held(): ReadonlySet<number> {
    return this.#held;
  }

  onChange(listener: (change: ShardsChange) => void | Promise<void>): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** From now on the node has these. Resolves when its listeners have let go of what it lost. */
  async hold(shards: readonly number[]): Promise<void> {
    const before = this.#held;
    this.#held = new Set(shards);
    const change = {
      gained: shards.filter((shard) => !before.has(shard)),
      lost: [...before].filter((shard) => !this.#held.has(shard)),
    };
    await Promise.all([...this.#listeners].map(async (listener) => listener(change)));
  }
}
