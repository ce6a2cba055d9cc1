// Pub/sub over one connection for all subscriptions, which notices when it is dead and subscribes anew.
import type { Redis } from "ioredis";
import { backendClosed, errorText, redisRefused } from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type { ChannelStore, TopicAddress } from "../backend.ts";
import { patternMatcher } from "../channel-pattern.ts";
import { Listeners } from "../listeners.ts";
import type { RedisAddress } from "./address.ts";
import type { Connection } from "./connection.ts";
import { delay } from "./delay.ts";
import type { Keys } from "./keys.ts";
import { nodeConnection } from "./node-connection.ts";

const PING_EVERY_MS = 5000;
const PONG_WITHIN_MS = 3000;

type Heard = Listeners<[body: Uint8Array, channel: string]>;

export class RedisChannels implements ChannelStore, AsyncDisposable {
  readonly #connection: Connection;
  readonly #subscriber: Redis;
  readonly #keys: Keys;
  readonly #logger: Logger;
  readonly #channels = new Map<string, Heard>();
  readonly #patterns = new Map<string, Heard>();
  readonly #closing = new AbortController();

  constructor(parts: {
    address: RedisAddress;
    connection: Connection;
    keys: Keys;
    logger: Logger;
    name: string;
  }) {
    this.#connection = parts.connection;
    this.#keys = parts.keys;
    this.#logger = parts.logger;
    // On a cluster any node will do: what is published on one is heard on all.
    this.#subscriber = nodeConnection({
      address: parts.address,
      commands: parts.connection,
      own: {
        connectionName: parts.name,
        maxRetriesPerRequest: null,
        // Subscribing twice is the same as once.
        autoResendUnfulfilledCommands: true,
        // Nobody owns the promise of ioredis's own resubscribing: closed meanwhile, it would be rejected unheard.
        autoResubscribe: false,
      },
    });
    this.#subscriber.on("error", (error) => {
      this.#logger.debug(`The subscribing connection to Redis failed: ${errorText(error)}`);
    });
    this.#subscriber.on("ready", () => this.#subscribeAgain());
    this.#subscriber.on("messageBuffer", (channel: Buffer, body: Buffer) => {
      const name = channel.toString();
      this.#channels.get(name)?.tell(body, name);
    });
    this.#subscriber.on("pmessageBuffer", (pattern: Buffer | string, channel: Buffer, body: Buffer) => {
      this.#patterns.get(pattern.toString())?.tell(body, channel.toString());
    });
    const ping = setInterval(() => void this.#ping(), PING_EVERY_MS);
    ping.unref();
    this.#closing.signal.addEventListener("abort", () => clearInterval(ping));
  }

  async publish(channel: TopicAddress, body: Uint8Array): Promise<void> {
    const name = this.#keys.topic(channel);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const action = `publish to "${channel.topic}"`;
    const { servers } = this.#connection;
    await this.#connection.call(action, () => servers.publisher(name).publish(name, bytes), {
      repeatable: false,
    });
  }

  subscribe(channel: TopicAddress, listener: (body: Uint8Array) => void): Promise<AsyncDisposable> {
    return this.listen(this.#keys.topic(channel), listener);
  }

  subscribePattern(
    pattern: TopicAddress,
    listener: (body: Uint8Array, topic: string) => void,
  ): Promise<AsyncDisposable> {
    // In Redis, `*` also stands for half of an encoded character.
    const fits = patternMatcher(pattern.topic);
    return this.#listen("pattern", this.#keys.topicPattern(pattern), (body, channel) => {
      const topic = this.#keys.topicOf(pattern, channel);
      if (fits(topic)) listener(body, topic);
    });
  }

  /** Hears a channel by its name in Redis. */
  listen(channel: string, listener: (body: Uint8Array) => void): Promise<AsyncDisposable> {
    return this.#listen("channel", channel, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#subscriber.disconnect();
  }

  async #listen(
    kind: "channel" | "pattern",
    name: string,
    listener: (body: Uint8Array, channel: string) => void,
  ): Promise<AsyncDisposable> {
    if (this.#closing.signal.aborted) throw backendClosed({});
    const all = kind === "channel" ? this.#channels : this.#patterns;
    const listeners = all.get(name) ?? new Listeners(this.#logger);
    all.set(name, listeners);
    const heard = listeners.add(listener);
    const stop = async () => {
      heard[Symbol.dispose]();
      if (listeners.size > 0 || all.get(name) !== listeners) return;
      all.delete(name);
      if (this.#closing.signal.aborted) return;
      const leaving =
        kind === "channel" ? this.#subscriber.unsubscribe(name) : this.#subscriber.punsubscribe(name);
      await this.#untilClosed(leaving.catch(() => undefined));
    };
    try {
      // Also when others listen already: the promise says that Redis knows of the subscription.
      const entering =
        kind === "channel" ? this.#subscriber.subscribe(name) : this.#subscriber.psubscribe(name);
      await this.#untilClosed(entering);
      if (this.#closing.signal.aborted) throw backendClosed({});
    } catch (error) {
      await stop();
      if (this.#closing.signal.aborted) throw backendClosed({}, { cause: error });
      throw redisRefused({ action: `subscribe to "${name}"`, reason: errorText(error) }, { cause: error });
    }
    return { [Symbol.asyncDispose]: stop };
  }

  /** What was asked of a connection that is closed before it comes back is never answered. */
  async #untilClosed(asked: Promise<unknown>): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    const closed = Promise.withResolvers<void>();
    const close = () => closed.resolve();
    signal.addEventListener("abort", close, { once: true });
    try {
      await Promise.race([asked, closed.promise]);
    } finally {
      signal.removeEventListener("abort", close);
    }
  }

  /** A new connection knows of no subscription yet. What fails is asked for again with the next connection. */
  #subscribeAgain(): void {
    const failed = (error: unknown) => this.#logger.debug(`Not subscribed again: ${errorText(error)}`);
    const [channels, patterns] = [[...this.#channels.keys()], [...this.#patterns.keys()]];
    if (channels.length > 0) this.#subscriber.subscribe(...channels).catch(failed);
    if (patterns.length > 0) this.#subscriber.psubscribe(...patterns).catch(failed);
  }

  /** A connection that nobody answers on is cut; the new one subscribes to everything again. */
  async #ping(): Promise<void> {
    if (this.#subscriber.status !== "ready") return;
    const pong = this.#subscriber.ping().then(
      () => true,
      () => true,
    );
    const answered = await Promise.race([
      pong,
      delay(PONG_WITHIN_MS, this.#closing.signal).then(() => false),
    ]);
    if (!answered && !this.#closing.signal.aborted) this.#subscriber.disconnect(true);
  }
}
