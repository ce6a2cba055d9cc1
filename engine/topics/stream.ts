// A stream topic: durable, its messages shared among the engines by a consumer group per node.
import type { AsOf, ChannelStore, Fence, StreamInfo, StreamStore, TopicAddress } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { errorText, MillraceError } from "../base/errors/index.ts";
import { unknownGroup } from "../base/errors/topics.ts";
import type { Logger } from "../base/logger.ts";
import type { TopicCodec } from "../codec/index.ts";
import type { PlannedTopic, Retry } from "../flow/plan.ts";
import type { Committer } from "./committer.ts";
import { type Origin, replay } from "./dead-letters.ts";
import type { EngineMessage } from "./engine-message.ts";
import type { DeadLetterPlace, StreamReaderOptions } from "./entry-handling.ts";
import type { EntryReader } from "./entry-reader.ts";
import { TAKEN } from "./inbox.ts";
import { OrderedReader } from "./ordered-reader.ts";
import { holdInTrees } from "./outbox.ts";
import { partitionOf } from "./partition.ts";
import { PartitionedReader, type PartTaker } from "./partitioned-reader.ts";
import { mergePages, type Page, sumOf } from "./parts.ts";
import type { Quarantine } from "./quarantine.ts";
import { Rate } from "./rate.ts";
import { Room } from "./room.ts";
import { noCounts, type StreamCounts } from "./stream-counts.ts";
import { StreamPublisher } from "./stream-publisher.ts";
import { StreamReader } from "./stream-reader.ts";
import { type PayloadCheck, Taps, type Topic, type TopicSubscription } from "./topic.ts";

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
  /** Which revision runs, as it is at every moment; undefined: it is not counted. */
  readonly asOf: AsOf | undefined;
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
  /** Takes part in sharing out the parts of a divided topic, for one node. */
  readonly share: (node: string, taker: PartTaker) => AsyncDisposable;
}

export class StreamTopic implements Topic {
  readonly planned: PlannedTopic;
  count = 0;
  /** Messages sent under a lease that was another engine's by then, and so sent by that one. */
  voided = 0;
  /** Its streams: one, or as many as it has parts. */
  readonly addresses: readonly TopicAddress[];
  readonly #options: StreamTopicOptions;
  readonly #room: Room;
  /** The part that a payload belongs to. */
  readonly #partOf: (payload: unknown) => number;
  readonly #publishers: readonly StreamPublisher[];
  readonly #readers = new Map<string, EntryReader>();
  /** Readers without inboxes, whose last trees are still under way. */
  readonly #leaving = new Map<EntryReader, string>();
  /** By node; kept over restarts of their readers. */
  readonly #counts = new Map<string, StreamCounts>();
  readonly #taps = new Taps();
  readonly #rate = new Rate();

  constructor(options: StreamTopicOptions) {
    this.#options = options;
    this.planned = options.planned;
    const { address, planned, streams, clock, producer } = options;
    const { partitions, key, durability } = planned;
    this.addresses =
      partitions > 1
        ? Array.from({ length: partitions }, (_, partition) => ({ ...address, partition }))
        : [address];
    const partOf = partitionOf(key ?? "");
    this.#partOf = partitions > 1 ? (payload) => partOf(payload, partitions) : () => 0;
    this.#room = new Room({ planned, addresses: this.addresses, streams, clock });
    this.#publishers = this.addresses.map((part, index) => {
      const onWaiting = (waiting: number) => this.#room.told(index, waiting);
      return new StreamPublisher({ streams, address: part, producer, durability, onWaiting });
    });
  }

  /** Messages that some group has still to settle, as of the last look. */
  get waiting(): number {
    return this.#room.waiting;
  }

  /** Asks how many wait, for people who watch. Never rejects. */
  look(): Promise<void> {
    return this.#room.look();
  }

  get dropped(): number {
    return this.#room.dropped;
  }

  /** Of the topic as a whole; that of its stream, when it has one only. */
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
    if (!this.#room.isFull) return this.#append(message, body);
    return this.#room
      .enter(message.trees === undefined, body.length)
      .then((goesOn) => (goesOn ? this.#append(message, body) : undefined));
  }

  /**
   * Makes the node's group, before anyone publishes, for the revision that is gone over to. False when a newer one may
   * have no use for it.
   */
  async prepare(node: string, from: "new" | "start", asOf = this.#options.asOf): Promise<boolean> {
    const { streams } = this.#options;
    let isThere = true;
    for (const address of this.addresses) {
      await streams.requireDurability(address, this.planned.durability);
      const outcome = await streams.ensureGroup(address, this.#group(node), from, asOf);
      if (outcome === "outdated") isThere = false;
    }
    return isThere;
  }

  /** Nothing is read for the node before `resumeReading`. */
  async subscribe({ node, inbox, from }: TopicSubscription): Promise<AsyncDisposable> {
    let reader = this.#readers.get(node);
    if (!reader) {
      await this.prepare(node, from);
      reader = this.#readerOf(node);
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
    const placeOf = (payload: unknown) => this.addresses[this.#partOf(payload)] ?? this.#options.address;
    return { name: this.planned.name, codec: this.codec, placeOf };
  }

  /** Publishes kept messages again, to every reader or to the node `group` of this flow. How many. */
  async replay(request: { from: string; to: string; group?: string }): Promise<number> {
    const { streams } = this.#options;
    const group = request.group === undefined ? undefined : this.#group(request.group);
    const groups = (await this.info()).groups.map((each) => each.group);
    if (group !== undefined && !groups.includes(group)) {
      throw unknownGroup({ topic: this.planned.name, group: request.group ?? "", groups });
    }
    let count = 0;
    for (const address of this.addresses) count += await replay(streams, address, { ...request, group });
    return count;
  }

  /** Of all its streams together. */
  async info(): Promise<StreamInfo> {
    const { streams } = this.#options;
    return sumOf(await Promise.all(this.addresses.map((address) => streams.info(address))));
  }

  /** Kept messages, oldest first; of a divided topic in the order in which they came, as well as that is known. */
  async range(options: { from?: string; to?: string; limit: number }): Promise<Page> {
    const { streams } = this.#options;
    const pages = await Promise.all(this.addresses.map((address) => streams.range(address, options)));
    return mergePages(pages, options);
  }

  /** Removes what retention no longer keeps. Never what a group has not settled. */
  async trim(): Promise<void> {
    const { messages, bytes, ...rest } = this.planned.retention;
    const share = (whole: number) => Math.ceil(whole / this.addresses.length);
    const keep = {
      ...rest,
      messages: share(messages),
      ...(bytes !== undefined && { bytes: share(bytes) }),
    };
    for (const address of this.addresses) await this.#options.streams.trim(address, keep);
  }

  tap(listener: (message: EngineMessage) => void): Disposable {
    return this.#taps.add(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#room.close();
    await Promise.all([...this.#readers.values()].map((reader) => reader.stop()));
    await Promise.all(this.#publishers.map((publisher) => publisher.close()));
  }

  #group(node: string): string {
    return `${this.#options.flow}/${node}`;
  }

  #append(message: EngineMessage, body: Uint8Array): Promise<void> {
    if (this.#readers.size === 0) this.#see(message);
    if (!message.trees) return this.#publishAlone(message, body);
    const { durability } = this.planned;
    const stream = this.addresses[this.#partOf(message.payload)] ?? this.#options.address;
    this.#room.appended();
    holdInTrees(message.trees, { kind: "append", stream, body, durability });
    return TAKEN;
  }

  /** What was sent under a lease that is another engine's by now goes nowhere: that engine sends it. */
  #publishAlone({ fence, payload, mark }: EngineMessage, body: Uint8Array): Promise<void> {
    const published = this.#publishers[this.#partOf(payload)]?.publish(body, fence, mark) ?? TAKEN;
    if (!fence) return published;
    return published.catch((error) => {
      if (!(error instanceof MillraceError && error.code === "backend/fenced")) throw error;
      this.voided++;
      this.#options.log.warn(`A message on "${this.planned.name}" was dropped: ${errorText(error)}`);
    });
  }

  #readerOf(node: string): EntryReader {
    const { engineId, bootId, share, gone } = this.#options;
    const counts = this.#counts.get(node) ?? noCounts();
    this.#counts.set(node, counts);
    const optionsOf = (stream: TopicAddress, fence?: Fence): StreamReaderOptions => ({
      ...this.#options,
      // Each time a part is gained it has a consumer of its own: what an earlier one held is taken over in order.
      subscription: {
        stream,
        group: this.#group(node),
        consumer: `${engineId}:${bootId}${fence ? `:${fence.epoch}` : ""}`,
        asOf: this.#options.asOf,
      },
      gone: [`${engineId}:`, ...gone()],
      retry: () => this.#options.retryOf(node),
      counts,
      fence,
      onMessage: (message) => this.#see(message),
    });
    if (this.planned.partitions === 1) return new StreamReader(optionsOf(this.#options.address));
    return new PartitionedReader({
      make: (part, fence) =>
        new OrderedReader(optionsOf(this.addresses[part] ?? this.#options.address, fence)),
      share: (taker) => share(node, taker),
    });
  }

  #see(message: EngineMessage): void {
    this.count++;
    if (this.#taps.open) this.#taps.show(message);
  }
}
