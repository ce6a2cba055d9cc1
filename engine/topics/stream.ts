// A stream topic: durable, its messages shared among the engines by a consumer group per node.
import type { ChannelStore, StreamStore, TopicAddress } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { errorText, MillraceError } from "../base/errors/index.ts";
import { topicFull, unknownGroup } from "../base/errors/topics.ts";
import type { Logger } from "../base/logger.ts";
import type { TopicCodec } from "../codec/index.ts";
import type { PlannedTopic, Retry } from "../flow/plan.ts";
import type { Committer } from "./committer.ts";
import { type Origin, replay } from "./dead-letters.ts";
import type { EngineMessage } from "./engine-message.ts";
import { TAKEN } from "./inbox.ts";
import { holdInTrees } from "./outbox.ts";
import type { Quarantine } from "./quarantine.ts";
import { Rate } from "./rate.ts";
import { noCounts, type StreamCounts } from "./stream-counts.ts";
import { StreamPublisher } from "./stream-publisher.ts";
import { type DeadLetterPlace, StreamReader } from "./stream-reader.ts";
import { type PayloadCheck, Taps, type Topic, type TopicSubscription } from "./topic.ts";

const FULL_CHECK_MS = 100;

export interface StreamTopicOptions {
  readonly planned: PlannedTopic;
  readonly address: TopicAddress;
  readonly streams: StreamStore;
  readonly channels: ChannelStore;
  readonly committer: Committer;
  readonly codec: TopicCodec;
  readonly dead: DeadLetterPlace | undefined;
  readonly check: PayloadCheck | undefined;
  /** Name of the flow: groups are `<flow>/<node>`. */
  readonly flow: string;
  readonly engineId: string;
  /** Of this run of the engine: consumers are `<engine>:<boot>`. */
  readonly bootId: string;
  /** Unique among all topics this engine opens. */
  readonly producer: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly quarantine: Quarantine;
  /** Consumers that are gone and may have left something. */
  readonly gone: () => readonly string[];
  /** The retry rule of a node that reads it. */
  readonly retryOf: (node: string) => Retry;
}

export class StreamTopic implements Topic {
  readonly planned: PlannedTopic;
  count = 0;
  dropped = 0;
  /** Messages sent under a lease that was another engine's by then, and so sent by that one. */
  voided = 0;
  /** Messages that some group has still to settle, as of the last look. */
  waiting = 0;
  readonly #options: StreamTopicOptions;
  readonly #publisher: StreamPublisher;
  readonly #readers = new Map<string, StreamReader>();
  /** Readers without inboxes, whose last trees are still under way. */
  readonly #leaving = new Map<StreamReader, string>();
  /** By node; kept over restarts of their readers. */
  readonly #counts = new Map<string, StreamCounts>();
  readonly #taps = new Taps();
  readonly #rate = new Rate();
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(options: StreamTopicOptions) {
    this.#options = options;
    this.planned = options.planned;
    this.#publisher = new StreamPublisher({
      streams: options.streams,
      address: options.address,
      producer: options.producer,
      durability: options.planned.durability,
      onWaiting: (waiting) => {
        this.waiting = waiting;
      },
    });
  }

  get address(): TopicAddress {
    return this.#options.address;
  }

  get codec(): TopicCodec {
    return this.#options.codec;
  }

  /** What became of messages here, by the node that reads them. */
  counts(): ReadonlyMap<string, Readonly<StreamCounts>> {
    return this.#counts;
  }

  rate(): number {
    return this.#rate.look(performance.now(), this.count);
  }

  publish(message: EngineMessage): Promise<void> {
    this.#options.check?.(message.payload);
    const body = this.#options.codec.encode(message);
    if (this.waiting >= this.planned.limit) return this.#publishFull(message, body);
    return this.#append(message, body);
  }

  /** Makes the node's group, before anyone publishes. */
  async prepare(node: string, from: "new" | "start"): Promise<void> {
    const { streams } = this.#options;
    await streams.requireDurability(this.address, this.planned.durability);
    await streams.ensureGroup(this.address, this.#group(node), from);
  }

  /** Nothing is read for the node before `resumeReading`. */
  async subscribe({ node, inbox, from }: TopicSubscription): Promise<AsyncDisposable> {
    let reader = this.#readers.get(node);
    if (!reader) {
      const { engineId, bootId } = this.#options;
      const consumer = `${engineId}:${bootId}`;
      const subscription = { stream: this.address, group: this.#group(node), consumer };
      await this.prepare(node, from);
      const retry = () => this.#options.retryOf(node);
      const counts = this.#counts.get(node) ?? noCounts();
      this.#counts.set(node, counts);
      reader = new StreamReader({
        ...this.#options,
        subscription,
        gone: [`${engineId}:`, ...this.#options.gone()],
        retry,
        counts,
        onMessage: (message) => this.#see(message),
      });
      this.#readers.set(node, reader);
    }
    reader.addInbox(inbox);
    const owner = reader;
    return {
      [Symbol.asyncDispose]: async () => {
        owner.removeInbox(inbox);
        if (owner.inboxCount > 0) return;
        if (this.#readers.get(node) === owner) this.#readers.delete(node);
        this.#leaving.set(owner, node);
        await owner.stop();
        this.#leaving.delete(owner);
      },
    };
  }

  resumeReading(node: string): void {
    this.#readers.get(node)?.resume();
  }

  pauseReading(node: string): void {
    this.#readers.get(node)?.pause();
  }

  /** Gives up what the node has still under way: it comes again, to whoever reads then. */
  abandon(node: string): void {
    this.#readers.get(node)?.abandon();
    for (const [reader, of] of this.#leaving) if (of === node) reader.abandon();
  }

  recheckPending(): void {
    for (const reader of this.#readers.values()) reader.recheckPending();
  }

  /** The consumer is gone for good. True when nothing is left of what its readers held. */
  takeOver(consumer: string, isNew: boolean): boolean {
    return [...this.#readers.values()].map((reader) => reader.takeOver(consumer, isNew)).every(Boolean);
  }

  /** Where messages that were given up go back to. */
  get origin(): Origin {
    return { name: this.planned.name, codec: this.codec, placeOf: () => this.address };
  }

  /** Publishes kept messages again, to every reader or to the node `group` of this flow. How many. */
  async replay(request: { from: string; to: string; group?: string }): Promise<number> {
    const { streams } = this.#options;
    const group = request.group === undefined ? undefined : this.#group(request.group);
    const groups = (await streams.info(this.address)).groups.map((each) => each.group);
    if (group !== undefined && !groups.includes(group)) {
      throw unknownGroup({ topic: this.planned.name, group: request.group ?? "", groups });
    }
    return replay(streams, this.address, { ...request, group });
  }

  /** Removes what retention no longer keeps. Never what a group has not settled. */
  async trim(): Promise<void> {
    await this.#options.streams.trim(this.address, this.planned.retention);
  }

  tap(listener: (message: EngineMessage) => void): Disposable {
    return this.#taps.add(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#readers.values()].map((reader) => reader.stop()));
    await this.#publisher.close();
  }

  #group(node: string): string {
    return `${this.#options.flow}/${node}`;
  }

  #append(message: EngineMessage, body: Uint8Array): Promise<void> {
    if (this.#readers.size === 0) this.#see(message);
    if (!message.trees) return this.#publishAlone(message, body);
    const { durability } = this.planned;
    holdInTrees(message.trees, { kind: "append", stream: this.#options.address, body, durability });
    return TAKEN;
  }

  /** What was sent under a lease that is another engine's by now goes nowhere: that engine sends it. */
  #publishAlone({ fence }: EngineMessage, body: Uint8Array): Promise<void> {
    const published = this.#publisher.publish(body, fence);
    if (!fence) return published;
    return published.catch((error) => {
      if (!(error instanceof MillraceError && error.code === "backend/fenced")) throw error;
      this.voided++;
      this.#options.log.warn(`A message on "${this.planned.name}" was dropped: ${errorText(error)}`);
    });
  }

  #publishFull(message: EngineMessage, body: Uint8Array): Promise<void> {
    this.#draining ??= this.#untilRoom().finally(() => {
      this.#draining = undefined;
    });
    switch (this.planned.overflow) {
      case "fail":
        this.dropped++;
        return Promise.reject(topicFull({ topic: this.planned.name, limit: this.planned.limit }));
      case "drop-newest":
        this.dropped++;
        return TAKEN;
      case "drop-oldest": // the stream's own limit makes room: see trim
      case "wait":
        return this.#draining.then(() => this.#append(message, body));
    }
  }

  /** Looks again and again how many wait, until there is room. */
  async #untilRoom(): Promise<void> {
    const { streams, address, clock } = this.#options;
    while (!this.#closed && this.waiting >= this.planned.limit) {
      await new Promise<void>((resolve) => void clock.schedule(FULL_CHECK_MS, resolve));
      const { groups } = await streams.info(address).catch(() => ({ groups: [] }));
      this.waiting = groups.reduce((most, group) => Math.max(most, group.lag + group.pending), 0);
    }
  }

  #see(message: EngineMessage): void {
    this.count++;
    if (this.#taps.open) this.#taps.show(message);
  }
}
