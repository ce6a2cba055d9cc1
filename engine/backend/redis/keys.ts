// Every key and channel in Redis. Names that users choose are encoded, so that `{`, `}` and `:` cannot move a key to
// another slot or make two names one. What belongs to one flow shares its hash tag, and so one slot of a cluster.
import type { LeaseAddress, TopicAddress } from "../backend.ts";
import { tagLike } from "./slot.ts";

export class Keys {
  readonly #namespace: string;
  readonly #topics = new WeakMap<TopicAddress, string>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** A stream, or a channel. A shared topic is exactly its name. */
  topic(address: TopicAddress): string {
    const { flow, topic, partition } = address;
    if (flow === undefined) return partition === undefined ? topic : `${topic}:${partition}`;
    // Callers name a topic by the same object again and again.
    let key = this.#topics.get(address);
    if (key === undefined) {
      key = this.#ofFlow(flow, "topic", encode(topic), ...partOf(address));
      this.#topics.set(address, key);
    }
    return key;
  }

  /** High-water marks of the producers of a stream, in the slot of the stream. */
  producers(address: TopicAddress): string {
    return this.#beside(address, "producers");
  }

  /** What a group of a stream has put aside, in the slot of the stream: a sorted set of ids by due time. */
  deferred(address: TopicAddress, group: string): string {
    return this.#beside(address, "deferred", encode(group));
  }

  /** Which effects of commits in other slots a stream has already: a sorted set of marks by time. */
  effects(address: TopicAddress): string {
    return this.#beside(address, "effects");
  }

  /** By what a backend that was emptied is told from the one that is known; parts of a cluster have one each. */
  identity(part: number): string {
    return `${this.#namespace}:{${part}}:identity`;
  }

  /** A PSUBSCRIBE pattern: `*` stands for any characters, everything else for itself. */
  topicPattern(pattern: TopicAddress): string {
    const parts = pattern.topic.split("*");
    if (pattern.flow === undefined) return parts.map(escapeGlob).join("*");
    return (
      escapeGlob(this.#ofFlow(pattern.flow, "topic", "")) +
      parts.map((part) => escapeGlob(encode(part))).join("*")
    );
  }

  /** The topic of a channel that a pattern of the same flow matched. */
  topicOf(pattern: TopicAddress, channel: string): string {
    if (pattern.flow === undefined) return channel;
    return decode(channel.slice(this.#ofFlow(pattern.flow, "topic", "").length));
  }

  /** A hash of values. Scopes: `flow:<flow>`, `node:<flow>/<node>`, `global`. */
  state(scope: string): string {
    const node = /^node:([^/]*)\/(.*)$/s.exec(scope);
    if (node) return this.#ofFlow(node[1] ?? "", "state", "node", encode(node[2] ?? ""));
    if (scope.startsWith("flow:")) return this.#ofFlow(scope.slice("flow:".length), "state", "flow");
    if (scope === "engines") return `${this.#namespace}:engines`; // the members' cards
    return `${this.#namespace}:state:${encode(scope)}`;
  }

  /** A lease: a hash of owner, epoch and beat, in the slot of its flow when it has one. */
  lease({ flow, name }: LeaseAddress): string {
    if (flow !== undefined) return this.#ofFlow(flow, "lease", encode(name));
    return `${this.#namespace}:lease:${encode(name)}`;
  }

  /** The set of flows that were ever deployed. */
  flows(): string {
    return `${this.#namespace}:flows`;
  }

  flow(flow: string): string {
    return this.#ofFlow(flow, "flow");
  }

  revisions(flow: string): string {
    return this.#ofFlow(flow, "revisions");
  }

  /** The channel that tells of new revisions. */
  revisionChanges(): string {
    return `${this.#namespace}:revision-changes`;
  }

  #beside(address: TopicAddress, kind: string, ...more: string[]): string {
    const { flow, topic } = address;
    const parts = [kind, encode(topic), ...partOf(address), ...more];
    if (flow !== undefined) return this.#ofFlow(flow, ...parts);
    return [this.#namespace, `{${tagLike(this.topic(address))}}`, ...parts].join(":");
  }

  #ofFlow(flow: string, ...parts: string[]): string {
    return [this.#namespace, `{${encode(flow)}}`, ...parts].join(":");
  }
}

function partOf({ partition }: TopicAddress): string[] {
  return partition === undefined ? [] : [String(partition)];
}

/** As in a URL, for the few characters that mean something in a key; everything else stays readable. */
function encode(name: string): string {
  return name.replaceAll(/[%{}:]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The name that `encode` made this of. */
export function decode(name: string): string {
  return name.replaceAll(/%(25|7B|7D|3A)/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\^]/g, "\\$&");
}
