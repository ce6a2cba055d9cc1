// Turns what a node emits into messages on topics: identity, origin and back pressure are decided here.
import type { Clock, Delivery, EmitOptions, Message } from "@millrace/sdk";
import type { Fence } from "../backend/leases.ts";
import { originMissing, unknownPort } from "../base/errors/runtime.ts";
import { EngineMessage, NO_ATTRIBUTES } from "../topics/engine-message.ts";
import { TAKEN } from "../topics/inbox.ts";
import { hashText, randomWords } from "../topics/message-id.ts";
import type { Topic } from "../topics/topic.ts";
import type { Tree } from "../topics/tree.ts";
import { NodeDelivery } from "./delivery.ts";
import type { Frames } from "./frames.ts";

export interface EmitterOptions {
  readonly flow: string;
  readonly node: string;
  readonly clock: Clock;
  readonly frames: Frames;
  /** Topics by output port. Ports that lead nowhere may be left out. */
  readonly outputs: ReadonlyMap<string, readonly Topic[]>;
  /** Ports the type has, or undefined when any name will do. */
  readonly ports: ReadonlySet<string> | undefined;
  /** An emit that nobody waits for was refused. */
  readonly onLost: (error: unknown) => void;
  /** The open delivery of a message of the batch being handled. */
  readonly deliveryOf: (message: Message) => NodeDelivery | undefined;
  /**
   * Where only one engine may send: the lease under which it does; "void" when this engine does not have it, and what
   * it would send goes nowhere.
   */
  readonly fence?: (shard: number | undefined) => Fence | "void" | undefined;
}

export class Emitter {
  /** Messages sent, once per wired port. */
  count = 0;
  /** Messages that went nowhere, since another engine has what they were sent for. */
  voided = 0;
  readonly #options: EmitterOptions;
  readonly #source: string;
  readonly #seed: number;

  constructor(options: EmitterOptions) {
    this.#options = options;
    this.#source = `${options.flow}/${options.node}`;
    this.#seed = hashText(this.#source);
  }

  readonly emit = (port: string, payload: unknown, options?: EmitOptions): Promise<void> => {
    const topics = this.#options.outputs.get(port);
    if (topics === undefined || topics.length === 0) return this.#unwired(port);
    return this.send(topics, payload, options);
  };

  /** Sends to topics that need not be those of a port. */
  send(topics: readonly Topic[], payload: unknown, options?: EmitOptions): Promise<void> {
    if (options?.from !== undefined)
      return this.#sendFrom(topics, payload, options, this.#parentsOf(options.from));
    const { frames } = this.#options;
    const delivery = frames.delivery();
    if (delivery === undefined && frames.inBatch()) {
      return Promise.reject(originMissing({ node: this.#options.node }));
    }
    return delivery
      ? this.#sendFrom(topics, payload, options, [delivery])
      : this.#sendFrom(topics, payload, options, []);
  }

  #sendFrom(
    topics: readonly Topic[],
    payload: unknown,
    options: EmitOptions | undefined,
    given: readonly NodeDelivery[],
  ): Promise<void> {
    const parent = given[0];
    if (parent !== undefined && !parent.isOpen) {
      // Settled long ago: this starts something new.
      if (parent.isVoid) return TAKEN;
      return this.#publish(topics, payload, options, [], parent.message);
    }
    if (parent?.buffer && !parent.isHeld) {
      parent.buffer.push(() => this.#publish(topics, payload, options, given, parent.message));
      return TAKEN;
    }
    return this.#publish(topics, payload, options, given, parent?.message);
  }

  #publish(
    topics: readonly Topic[],
    payload: unknown,
    options: EmitOptions | undefined,
    parents: readonly NodeDelivery[],
    origin: EngineMessage | undefined,
  ): Promise<void> {
    const parent = parents[0];
    const trees = treesOf(parents);
    if (trees?.some((tree) => tree.isLost)) return TAKEN;
    const own = this.#options.fence?.(options?.shard);
    if (own === "void") {
      this.voided++;
      return TAKEN;
    }
    this.count++;
    const once = options?.once;
    const mark =
      once && parents.length === 0
        ? { id: `${this.#source}/${once.series}`, sequence: once.number }
        : undefined;
    const time = this.#options.clock.now();
    const id = parent ? parent.message.derive(this.#seed, parent.emitted++) : randomWords(time);
    const correlation = options?.correlationId ?? origin?.correlation;
    const attributes = attributesOf(origin, options);
    let taken = TAKEN;
    for (const topic of topics) {
      if (once?.again && topic.planned.delivery !== "stream") continue;
      let result: Promise<void>;
      try {
        result = topic.publish(
          new EngineMessage({
            topic: topic.planned.name,
            time,
            source: this.#source,
            correlation,
            attributes,
            attempt: 1,
            payload,
            trees,
            isRoot: false,
            id,
            fence: trees ? undefined : (own ?? origin?.fence),
            mark,
          }),
        );
      } catch (error) {
        result = Promise.reject(error);
      }
      if (result !== TAKEN)
        taken = taken === TAKEN ? result : Promise.all([taken, result]).then(() => undefined);
    }
    if (taken !== TAKEN) {
      if (parents.length === 0) taken.catch(this.#options.onLost);
      else for (const each of parents) each.follow(taken);
    }
    return taken;
  }

  #parentsOf(from: NonNullable<EmitOptions["from"]>): NodeDelivery[] {
    const list = Array.isArray(from)
      ? (from as readonly (Delivery | Message)[])
      : [from as Delivery | Message];
    return list.map((item) => {
      const delivery = item instanceof NodeDelivery ? item : this.#options.deliveryOf(item as Message);
      if (!delivery) throw new Error('A message named in "from" is not being handled any more.');
      return delivery;
    });
  }

  #unwired(port: string): Promise<void> {
    const { ports, node } = this.#options;
    if (ports === undefined || ports.has(port)) return TAKEN;
    const refused = Promise.reject(unknownPort({ node, port, ports: [...ports] }));
    const delivery = this.#options.frames.delivery();
    if (delivery?.isOpen) delivery.follow(refused);
    else refused.catch(this.#options.onLost);
    return refused;
  }
}

function treesOf(parents: readonly NodeDelivery[]): readonly Tree[] | undefined {
  const [first] = parents;
  if (parents.length <= 1) return first?.message.trees;
  const trees = new Set<Tree>();
  for (const { message } of parents) for (const tree of message.trees ?? []) trees.add(tree.root);
  return trees.size === 0 ? undefined : [...trees];
}

function attributesOf(
  origin: EngineMessage | undefined,
  options: EmitOptions | undefined,
): Readonly<Record<string, string>> {
  const own = options?.attributes;
  if (own === undefined)
    return options?.replaceAttributes ? NO_ATTRIBUTES : (origin?.attributes ?? NO_ATTRIBUTES);
  return options?.replaceAttributes || !origin ? own : { ...origin.attributes, ...own };
}
