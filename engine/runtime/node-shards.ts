// The shards of a node: parts of its work, each on one engine at a time, spread over the engines that run it.
import type { NodeShards, ShardsChange } from "@millrace/sdk";
import type { Fence } from "../backend/leases.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import type { Ownership, PartHolder } from "../cluster/ownership.ts";

type Listener = (change: ShardsChange) => void | Promise<void>;

export interface OwnedShardsOptions {
  readonly ownership: Ownership;
  readonly flow: string;
  readonly node: string;
  readonly count: number;
  readonly log: Logger;
}

export class OwnedShards implements NodeShards, PartHolder, AsyncDisposable {
  readonly count: number;
  readonly #options: OwnedShardsOptions;
  readonly #fences = new Map<number, Fence>();
  readonly #listeners = new Set<Listener>();
  readonly #share: AsyncDisposable;
  #held: ReadonlySet<number> = new Set();

  constructor(options: OwnedShardsOptions) {
    const { ownership, flow, node, count } = options;
    this.#options = options;
    this.count = count;
    this.#share = ownership.share({ flow, name: `node/${node}`, count }, this);
  }

  get held(): ReadonlySet<number> {
    return this.#held;
  }

  onChange(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** What is caused now for a shard is caused under this lease; undefined: it is not this engine's. */
  fence(shard: number): Fence | undefined {
    return this.#options.ownership.isCertain() ? this.#fences.get(shard) : undefined;
  }

  gained(part: number, fence: Fence): void {
    this.#fences.set(part, fence);
    this.#held = new Set(this.#fences.keys());
    void this.#tell({ gained: [part], lost: [] });
  }

  async lost(part: number, signal: AbortSignal): Promise<void> {
    const fence = this.#fences.get(part);
    const forget = () => {
      if (this.#fences.get(part) === fence) this.#fences.delete(part);
    };
    if (signal.aborted) forget();
    else signal.addEventListener("abort", forget, { once: true });
    this.#held = new Set([...this.#held].filter((each) => each !== part));
    await this.#tell({ gained: [], lost: [part] }); // what is under way may still be sent
    forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#share[Symbol.asyncDispose]();
    this.#fences.clear();
    this.#held = new Set();
  }

  async #tell(change: ShardsChange): Promise<void> {
    const hear = async (listener: Listener) => {
      try {
        await listener(change);
      } catch (error) {
        this.#options.log.warn(`A change of its shards was not taken well: ${errorText(error)}`);
      }
    };
    await Promise.all([...this.#listeners].map(hear));
  }
}

/** Where nothing is shared out: one shard, held for ever. */
export const ALL_SHARDS: NodeShards = Object.freeze({
  count: 1,
  held: new Set([0]),
  onChange: () => ({ [Symbol.dispose]: () => undefined }),
});

/** How many shards a config asks for: its `shards`, when it is a number. */
export function shardCountOf(config: unknown): number {
  const asked =
    typeof config === "object" && config !== null && "shards" in config ? config.shards : undefined;
  return typeof asked === "number" && Number.isInteger(asked) && asked >= 1 ? Math.min(asked, 1_024) : 1;
}
