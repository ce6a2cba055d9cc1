// A pubsub topic: to every subscriber on every engine, at most once. Within a delivery tree a message is published
// by the commit; what comes in starts no tree, and is dropped (and counted) where no room is left.
import type { ChannelStore, TopicAddress } from "../backend/backend.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import type { TopicCodec } from "../codec/index.ts";
import type { PlannedTopic } from "../flow/plan.ts";
import type { EngineMessage } from "./engine-message.ts";
import { messageFromWire } from "./from-wire.ts";
import { type Inbox, TAKEN } from "./inbox.ts";
import { holdInTrees } from "./outbox.ts";
import { Rate } from "./rate.ts";
import { type PayloadCheck, Taps, type Topic, type TopicSubscription } from "./topic.ts";

export class PubsubTopic implements Topic {
  readonly planned: PlannedTopic;
  count = 0;
  dropped = 0;
  readonly #address: TopicAddress;
  readonly #channels: ChannelStore;
  readonly #codec: TopicCodec;
  readonly #check: PayloadCheck | undefined;
  readonly #log: Logger;
  readonly #taps = new Taps();
  readonly #rate = new Rate();
  #inboxes: readonly Inbox[] = [];
  #listening: Promise<AsyncDisposable> | undefined;

  constructor(options: {
    planned: PlannedTopic;
    address: TopicAddress;
    channels: ChannelStore;
    codec: TopicCodec;
    check: PayloadCheck | undefined;
    log: Logger;
  }) {
    this.planned = options.planned;
    this.#address = options.address;
    this.#channels = options.channels;
    this.#codec = options.codec;
    this.#check = options.check;
    this.#log = options.log;
  }

  rate(): number {
    return this.#rate.look(performance.now(), this.count);
  }

  publish(message: EngineMessage): Promise<void> {
    this.#check?.(message.payload);
    const body = this.#codec.encode(message);
    if (!this.#listening) this.#see(message);
    if (message.trees) {
      holdInTrees(message.trees, { kind: "publish", channel: this.#address, body });
      return TAKEN;
    }
    return this.#channels.publish(this.#address, body);
  }

  async subscribe({ inbox }: TopicSubscription): Promise<AsyncDisposable> {
    this.#inboxes = [...this.#inboxes, inbox];
    await this.#listen();
    return {
      [Symbol.asyncDispose]: async () => {
        this.#inboxes = this.#inboxes.filter((other) => other !== inbox);
        if (this.#inboxes.length === 0) await this.#unlisten();
      },
    };
  }

  tap(listener: (message: EngineMessage) => void): Disposable {
    const tap = this.#taps.add(listener);
    void this.#listen().catch((error) => this.#log.warn(`Cannot watch the topic: ${errorText(error)}`));
    return {
      [Symbol.dispose]: () => {
        tap[Symbol.dispose]();
        if (this.#inboxes.length === 0 && !this.#taps.open) void this.#unlisten();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#inboxes = [];
    await this.#unlisten();
  }

  #listen(): Promise<AsyncDisposable> {
    this.#listening ??= this.#channels.subscribe(this.#address, (body) => this.#receive(body));
    return this.#listening;
  }

  async #unlisten(): Promise<void> {
    const listening = this.#listening;
    this.#listening = undefined;
    await (await listening)?.[Symbol.asyncDispose]();
  }

  #receive(body: Uint8Array): void {
    let message: EngineMessage;
    try {
      message = messageFromWire(this.#codec.decode(body), { topic: this.planned.name, arrived: Date.now() });
      this.#check?.(message.payload);
    } catch (error) {
      this.dropped++;
      this.#log.warn(`A message on topic "${this.planned.name}" was dropped: ${errorText(error)}`);
      return;
    }
    this.#see(message);
    for (const inbox of this.#inboxes) {
      if (inbox.length < inbox.limit) void inbox.push(message);
      else this.dropped++;
    }
  }

  #see(message: EngineMessage): void {
    this.count++;
    if (this.#taps.open) this.#taps.show(message);
  }
}
