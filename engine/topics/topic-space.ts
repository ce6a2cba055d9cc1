// The topics of one running flow: opened from its plan, kept over deploys as long as they do not change.
import type { Backend, TopicAddress } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import { payloadRefused } from "../base/errors/topics.ts";
import type { Logger } from "../base/logger.ts";
import { topicCodec } from "../codec/index.ts";
import { compileSchemaCheck } from "../flow/check.ts";
import type { TopicFormat } from "../flow/document.ts";
import type { Plan, PlannedTopic } from "../flow/plan.ts";
import { Committer } from "./committer.ts";
import { messageFromWire } from "./from-wire.ts";
import type { Inbox } from "./inbox.ts";
import { Janitor } from "./janitor.ts";
import { MemoryTopic } from "./memory.ts";
import type { PartSharing, PartTaker } from "./partitioned-reader.ts";
import { PubsubTopic } from "./pubsub.ts";
import { Quarantine } from "./quarantine.ts";
import { StreamTopic } from "./stream.ts";
import type { PayloadCheck, Topic } from "./topic.ts";

export interface TopicSpaceOptions {
  readonly flow: string;
  readonly backend: Backend;
  readonly clock: Clock;
  readonly log: Logger;
  readonly engineId: string;
  readonly bootId: string;
  /** Shares out the parts of divided topics, and who trims; undefined: this is the only engine. */
  readonly ownership?: PartSharing;
  /** Shared by all flows of the engine; undefined: this flow's own. */
  readonly quarantine?: Quarantine;
  /** Consumers (`<engine>:<boot>`) of others that are gone and may have left something. */
  readonly gone?: () => readonly string[];
}

let opened = 0;

export class TopicSpace implements AsyncDisposable {
  readonly committer: Committer;
  /** Messages of channels heard by pattern that could not be read. */
  unreadable = 0;
  readonly #options: TopicSpaceOptions;
  readonly #topics = new Map<string, Topic>();
  readonly #foreign = new Map<string, Topic>();
  readonly #upkeep: Disposable;
  readonly #quarantine: Quarantine;
  /** Consumers that readers were told of, so that what they held is asked for once. */
  readonly #gone = new Set<string>();
  #plan: Plan | undefined;
  /** The readers look at it whenever a group is missing. */
  #asOf: { readonly flow: string; revision: number } | undefined;
  readonly #janitor: Janitor;

  constructor(options: TopicSpaceOptions) {
    this.#options = options;
    this.#quarantine = options.quarantine ?? new Quarantine(options.clock);
    this.committer = new Committer(options.backend.streams);
    const { flow, clock, ownership: sharing } = options;
    this.#janitor = new Janitor({ flow, clock, sharing, trim: () => this.#trimAll() });
    this.#upkeep = options.backend.onHealth(({ up }) => {
      if (up) for (const topic of this.streams()) topic.recheckPending();
    });
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /** A shared topic by name that the flow does not declare: pubsub, opened at first use and kept. */
  foreign(name: string, format: string | undefined): Topic {
    const key = `${format ?? "millrace"} ${name}`;
    const open = this.#foreign.get(key) ?? this.#open(foreignTopic(name, formatOf(format)));
    this.#foreign.set(key, open);
    return open;
  }

  /** Hears all channels whose name fits the pattern (`*`: anything): shared ones, or the flow's own. */
  subscribePattern(pattern: string, inbox: Inbox, format: string | undefined): Promise<AsyncDisposable> {
    const codec = topicCodec({ format: formatOf(format), proto: undefined });
    const address = { flow: pattern.startsWith("/") ? undefined : this.#options.flow, topic: pattern };
    return this.#options.backend.channels.subscribePattern(address, (body, topic) => {
      try {
        const wire = codec.decode(body);
        void inbox.push(messageFromWire(wire, { topic, arrived: this.#options.clock.now() }));
      } catch (error) {
        this.unreadable++;
        this.#options.log.warn(`A message on "${topic}" was dropped: ${errorText(error)}`);
      }
    });
  }

  all(): Iterable<Topic> {
    return this.#topics.values();
  }

  *streams(): Iterable<StreamTopic> {
    for (const topic of this.#topics.values()) if (topic instanceof StreamTopic) yield topic;
  }

  /**
   * A consumer of another engine, `<engine>:<boot>`, is gone for good: what it held of this flow's streams is taken
   * over, entry by entry. True when nothing of it is left; ask again until then.
   */
  takeOver(consumer: string): boolean {
    const isNew = !this.#gone.has(consumer);
    this.#gone.add(consumer);
    const left = [...this.streams()].map((topic) => topic.takeOver(consumer, isNew)).includes(false);
    if (!left) this.#gone.delete(consumer);
    return !left;
  }

  /** Closes topics that are gone or changed, opens new ones. Their readers must have left before. */
  async update(plan: Plan): Promise<void> {
    this.#plan = plan;
    for (const [name, topic] of this.#topics) {
      if (plan.topics.get(name)?.fingerprint === topic.planned.fingerprint) continue;
      this.#topics.delete(name);
      await topic[Symbol.asyncDispose]();
    }
    for (const planned of plan.topics.values()) {
      if (!this.#topics.has(planned.name)) this.#topics.set(planned.name, this.#open(planned));
    }
  }

  /** What runs has this number, and its groups were made; 0: not yet. Where it is never called nobody counts. */
  renumber(revision: number): void {
    this.#asOf ??= { flow: this.#options.flow, revision };
    this.#asOf.revision = revision;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#janitor[Symbol.asyncDispose]();
    this.#upkeep[Symbol.dispose]();
    const topics = [...this.#topics.values(), ...this.#foreign.values()];
    await Promise.all(topics.map((topic) => topic[Symbol.asyncDispose]()));
    this.#topics.clear();
    await this.committer.idle();
  }

  #open(planned: PlannedTopic): Topic {
    const { backend, clock, log, engineId, bootId, flow } = this.#options;
    const check = payloadCheck(planned);
    if (planned.delivery === "memory") return new MemoryTopic({ planned, check });
    const codec = topicCodec(planned);
    const address = this.#address(planned);
    if (planned.delivery === "pubsub") {
      return new PubsubTopic({ planned, address, channels: backend.channels, codec, check, log });
    }
    const deadTopic =
      planned.deadLetter === undefined ? undefined : this.#plan?.topics.get(planned.deadLetter);
    return new StreamTopic({
      planned,
      address,
      streams: backend.streams,
      channels: backend.channels,
      committer: this.committer,
      codec,
      dead: deadTopic && {
        address: this.#address(deadTopic),
        codec: topicCodec({ format: "millrace", proto: undefined }),
        durability: deadTopic.durability,
      },
      check,
      flow,
      asOf: this.#asOf,
      engineId,
      bootId,
      producer: `${engineId}:${bootId}:${++opened}`,
      clock,
      log,
      quarantine: this.#quarantine,
      gone: this.#options.gone ?? (() => []),
      share: (node, taker) => this.#share(planned, node, taker),
      retryOf: (node) => this.#plan?.nodes.get(node)?.retry ?? planned.retry,
    });
  }

  #share({ name, partitions }: PlannedTopic, node: string, taker: PartTaker): AsyncDisposable {
    const { flow, ownership } = this.#options;
    if (ownership) return ownership.share({ flow, name: `topic/${name}/${node}`, count: partitions }, taker);
    for (let part = 0; part < partitions; part++) taker.gained(part, undefined);
    return { [Symbol.asyncDispose]: async () => undefined };
  }

  #address(planned: PlannedTopic): TopicAddress {
    return { flow: planned.shared ? undefined : this.#options.flow, topic: planned.name };
  }

  async #trimAll(): Promise<void> {
    for (const topic of this.streams()) {
      await topic.trim().catch((error) => {
        this.#options.log.debug(`Topic "${topic.planned.name}" was not trimmed: ${errorText(error)}`);
      });
    }
  }
}

function foreignTopic(name: string, format: TopicFormat): PlannedTopic {
  return {
    name,
    shared: true,
    delivery: "pubsub",
    format,
    schema: undefined,
    proto: undefined,
    validate: false,
    durability: "written",
    limit: 1_000,
    overflow: "wait",
    partitions: 1,
    key: undefined,
    retention: { messages: 0 },
    retry: { attempts: 1, minDelayMs: 0, maxDelayMs: 0 },
    deadLetter: undefined,
    fingerprint: "",
  };
}

function formatOf(format: string | undefined): TopicFormat {
  return format === "json" || format === "text" || format === "binary" ? format : "millrace";
}

function payloadCheck(planned: PlannedTopic): PayloadCheck | undefined {
  if (!planned.validate || planned.schema === undefined) return undefined;
  const check = compileSchemaCheck(planned.schema);
  return (payload) => {
    const reasons = check(payload);
    if (reasons.length > 0) throw payloadRefused({ topic: planned.name, reasons });
  };
}
