// What the contract tests share: names that no other test uses, bytes, and short ways to say common steps.
import { randomUUID } from "node:crypto";
import type {
  Backend,
  Commit,
  Effect,
  Producer,
  StreamEntry,
  Subscription,
  TopicAddress,
} from "../../../engine/backend/backend.ts";

export { eventually } from "../../support/eventually.ts";

export function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

export function text(body: Uint8Array | undefined): string | undefined {
  return body === undefined ? undefined : Buffer.from(body).toString();
}

export function bodies(entries: readonly StreamEntry[]): (string | undefined)[] {
  return entries.map((entry) => text(entry.body));
}

/** A topic of its own flow, so that tests share nothing. */
export function someTopic(topic = "orders", flow = `flow-${randomUUID()}`): { flow: string; topic: string } {
  return { flow, topic };
}

export function reader(stream: TopicAddress, consumer = "engine-a:1", group = "flow/node"): Subscription {
  return { stream, group, consumer };
}

/** Publishes texts, each call with the next sequence of one producer. */
export class Source {
  readonly #backend: Backend;
  readonly #stream: TopicAddress;
  readonly #id: string = randomUUID();
  #sequence = 0;

  constructor(backend: Backend, stream: TopicAddress) {
    this.#backend = backend;
    this.#stream = stream;
  }

  async publish(...texts: string[]): Promise<string[]> {
    const producer: Producer = { id: this.#id, sequence: this.#sequence };
    this.#sequence += texts.length;
    const { ids } = await this.#backend.streams.publish(this.#stream, producer, texts.map(bytes));
    return ids.map((id) => id ?? "");
  }
}

/** What waits now, without waiting. */
export function readNow(backend: Backend, subscription: Subscription, count = 100): Promise<StreamEntry[]> {
  return backend.streams.read(subscription, { count, waitMs: 0, signal: new AbortController().signal });
}

export function pendingOf(backend: Backend, subscription: Subscription): Promise<StreamEntry[]> {
  return backend.streams.readOwnPending(subscription, "0", 1000);
}

/** A commit of one input. */
export function settle(subscription: Subscription, id: string, effects: readonly Effect[] = []): Commit {
  return { inputs: [{ subscription, id }], effects };
}

export async function all(backend: Backend, stream: TopicAddress): Promise<(string | undefined)[]> {
  return bodies((await backend.streams.range(stream, { from: "0", limit: 100_000 })).entries);
}
