// A place in a cluster of engines on one Redis: keeper, membership and sharing wired together, for one boot after the
// other.
import { errorText } from "../base/errors/index.ts";
import type { About, Cluster, ClusterOptions } from "./cluster.ts";
import { KeeperHandle } from "./keeper-handle.ts";
import { consumerName, type MemberCard, makeBootId } from "./member.ts";
import { Membership } from "./membership.ts";
import { monotonicMs } from "./monotonic.ts";
import type { Ownership } from "./ownership.ts";
import { Sharing } from "./sharing.ts";

type Options = ClusterOptions & { readonly redis: { readonly url: string; readonly namespace: string } };

const BLOCK_LIMIT_MS = 30_000;
const REJOIN_AFTER_MS = 1_000;

interface Place {
  readonly consumer: string;
  readonly membership: Membership;
  readonly keeper: KeeperHandle;
}

export class RedisCluster implements Cluster {
  readonly ownership: Ownership;
  readonly #options: Options;
  readonly #sharing: Sharing;
  readonly #goneListeners = new Set<(consumer: string) => Promise<boolean>>();
  readonly #lookListeners = new Set<() => void>();
  readonly #lostListeners = new Set<() => void>();
  readonly #trustWatch: NodeJS.Timeout;
  readonly #health: Disposable;
  #bootId = makeBootId(Date.now());
  #place: Place | undefined;
  #about: About;
  #wasTrusted = false;
  #closed = false;

  private constructor(options: Options) {
    this.#options = options;
    this.#about = options.about;
    const { backend, handOverMs, log } = options;
    this.#sharing = new Sharing({
      leases: backend.leases,
      log,
      handOverMs,
      members: {
        consumer: () => this.#place?.consumer ?? "",
        isTrusted: () => this.#isTrusted(),
        participants: (share) =>
          this.living().flatMap(({ consumer, shares }) => (shares.includes(share) ? [consumer] : [])),
        isGone: async (consumer) => (await this.#place?.membership.isGone(consumer)) ?? false,
        takePart: (share, takes) => this.#place?.membership.takePart(share, takes),
        lookSoon: () => this.#place?.membership.lookSoon(),
      },
    });
    this.ownership = this.#sharing;
    this.#health = backend.onHealth(({ up }) => {
      if (!up) return;
      this.#sharing.recheck();
      this.#place?.membership.lookSoon();
    });
    this.#trustWatch = setInterval(() => this.#watchTrust(), Math.min(100, options.leaseMs / 20)).unref();
  }

  static async join(options: Options): Promise<RedisCluster> {
    const cluster = new RedisCluster(options);
    try {
      await cluster.#join(true);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get bootId(): string {
    return this.#bootId;
  }

  living(): readonly MemberCard[] {
    return this.#place?.membership.living ?? [];
  }

  gone(): readonly string[] {
    return this.#place?.membership.gone() ?? [];
  }

  tell(about: About): void {
    this.#about = about;
    this.#place?.membership.tell(about);
  }

  onGone(listener: (consumer: string) => Promise<boolean>): Disposable {
    return listen(this.#goneListeners, listener);
  }

  onLook(listener: () => void): Disposable {
    return listen(this.#lookListeners, listener);
  }

  onLost(listener: () => void): Disposable {
    return listen(this.#lostListeners, listener);
  }

  async rejoin(): Promise<void> {
    await this.#leave();
    while (!this.#closed) {
      try {
        await this.#join(false);
        return;
      } catch (error) {
        this.#options.log.warn(`The engine has no place among the others yet: ${errorText(error)}`);
        await this.#leave();
        this.#bootId = makeBootId(Date.now());
        await new Promise((resolve) => setTimeout(resolve, REJOIN_AFTER_MS));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    await this.#sharing.close();
    this.#closed = true;
    clearInterval(this.#trustWatch);
    this.#health[Symbol.dispose]();
    await this.#leave();
  }

  /** `first`: earlier boots of this engine have ended, since this one has its id. After a loss that is not known. */
  async #join(first: boolean): Promise<void> {
    const { backend, redis, engineId, leaseMs, blockLimitMs = BLOCK_LIMIT_MS, log } = this.#options;
    const consumer = consumerName(engineId, this.#bootId);
    const membership = new Membership({
      leases: backend.leases,
      state: backend.state,
      consumer,
      about: this.#about,
      leaseMs,
      log,
      onGone: (gone) => this.#gone(gone),
      onLook: () => {
        this.#sharing.looked();
        for (const listener of this.#lookListeners) listener();
      },
    });
    await membership.announce();
    if (first) await membership.takeOverEarlierBoots();
    let isLost = false;
    const keeper = await KeeperHandle.start({
      redis: { ...redis, name: engineId },
      consumer,
      leaseMs,
      blockLimitMs,
      onLost: () => {
        if (isLost || this.#closed || this.#place?.consumer !== consumer) return;
        isLost = true;
        this.#lost();
      },
    });
    this.#place = { consumer, membership, keeper };
    await membership.start();
  }

  async #leave(): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    place?.membership.close();
    await place?.keeper[Symbol.asyncDispose]();
  }

  /** True when nothing of it can be left. Nobody may know before there is somebody who takes over. */
  async #gone(consumer: string): Promise<boolean> {
    if (this.#goneListeners.size === 0) return false;
    const answers = await Promise.all([...this.#goneListeners].map((listener) => listener(consumer)));
    return answers.every(Boolean);
  }

  #isTrusted(): boolean {
    return this.#place !== undefined && monotonicMs() < this.#place.keeper.trustedUntil;
  }

  #watchTrust(): void {
    const trusted = this.#isTrusted();
    if (trusted === this.#wasTrusted) return;
    this.#wasTrusted = trusted;
    if (trusted) this.#place?.membership.lookSoon();
    else this.#sharing.suspend();
  }

  #lost(): void {
    this.#options.log.error(
      "The other engines have declared this one dead: it did not answer for too long. What it had under way is dropped; it starts anew.",
    );
    this.#place?.membership.close();
    this.#bootId = makeBootId(Date.now());
    this.#sharing.suspend();
    for (const listener of this.#lostListeners) {
      try {
        listener();
      } catch (error) {
        this.#options.log.error(`Starting anew failed: ${errorText(error)}`);
      }
    }
  }
}

function listen<T>(listeners: Set<T>, listener: T): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}
