// Pub/sub inside one process.
import type { Logger } from "../../base/logger.ts";
import type { ChannelStore, TopicAddress } from "../backend.ts";
import { patternMatcher } from "../channel-pattern.ts";
import { Listeners } from "../listeners.ts";

export class EmbeddedChannels implements ChannelStore {
  readonly #logger: Logger;
  readonly #exact = new Map<string, Listeners<[Uint8Array]>>();
  readonly #patterns = new Set<{ fits: (address: TopicAddress) => boolean; tell: Listener }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async publish(channel: TopicAddress, body: Uint8Array): Promise<void> {
    this.tell(channel, body);
  }

  /** As `publish`, at once. */
  tell(channel: TopicAddress, body: Uint8Array): void {
    this.#exact.get(keyOf(channel))?.tell(body);
    for (const pattern of this.#patterns) if (pattern.fits(channel)) pattern.tell(body, channel.topic);
  }

  async subscribe(channel: TopicAddress, listener: (body: Uint8Array) => void): Promise<AsyncDisposable> {
    const key = keyOf(channel);
    const listeners = this.#exact.get(key) ?? new Listeners<[Uint8Array]>(this.#logger);
    this.#exact.set(key, listeners);
    const subscription = listeners.add(listener);
    return {
      [Symbol.asyncDispose]: async () => {
        subscription[Symbol.dispose]();
        if (listeners.size === 0 && this.#exact.get(key) === listeners) this.#exact.delete(key);
      },
    };
  }

  async subscribePattern(pattern: TopicAddress, listener: Listener): Promise<AsyncDisposable> {
    const matches = patternMatcher(pattern.topic);
    const listeners = new Listeners<[Uint8Array, string]>(this.#logger);
    listeners.add(listener);
    const entry = {
      fits: (address: TopicAddress) => address.flow === pattern.flow && matches(address.topic),
      tell: (body: Uint8Array, topic: string) => listeners.tell(body, topic),
    };
    this.#patterns.add(entry);
    return { [Symbol.asyncDispose]: async () => void this.#patterns.delete(entry) };
  }
}

type Listener = (body: Uint8Array, topic: string) => void;

function keyOf(address: TopicAddress): string {
  return `${address.flow ?? ""}\n${address.topic}`;
}
