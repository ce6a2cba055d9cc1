// The consumer groups of readers that a flow does not have any more. They would keep their streams from being trimmed,
// and fill them up to their limits: so they are removed, with a word about what waited for them.
import type { Backend, TopicAddress } from "../backend/backend.ts";
import { readerRemoved } from "../base/errors/deploy.ts";
import type { Problem } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import { pointer, valueAt } from "../flow/index.ts";
import type { History } from "./history.ts";
import { type Reading, readingsOf, streamsOf } from "./readings.ts";

/** A node that does not read a topic any more, and its groups. */
export interface Leftover {
  readonly topic: string;
  readonly node: string;
  readonly streams: readonly TopicAddress[];
  /** Messages that it has still to settle, as of the look. */
  readonly waiting: number;
}

export interface LeftoversOptions {
  readonly flow: string;
  readonly backend: Backend;
  readonly history: History;
  readonly log: Logger;
}

/** A stream, and whose groups on it are left over. */
interface Suspect {
  readonly topic: string;
  readonly stream: TopicAddress;
  readonly isLeft: (node: string) => boolean;
}

export class Leftovers {
  /** Messages that waited for readers that were removed, by topic. */
  readonly dropped = new Map<string, number>();
  readonly #options: LeftoversOptions;

  constructor(options: LeftoversOptions) {
    this.#options = options;
  }

  /** Looks for them; `document` is the flow as the revision says it. */
  async find(document: unknown, revision: number): Promise<Leftover[]> {
    const { flow, backend } = this.#options;
    const suspects = await this.#suspects(readingsOf(document), revision);
    const prefix = `${flow}/`;
    const found = new Map<string, Leftover>();
    await Promise.all(
      suspects.map(async ({ topic, stream, isLeft }) => {
        for (const { group, lag, pending } of (await backend.streams.info(stream)).groups) {
          const node = group.slice(prefix.length);
          if (!group.startsWith(prefix) || !isLeft(node)) continue;
          const key = `${topic}\n${node}`;
          const { streams = [], waiting = 0 } = found.get(key) ?? {};
          found.set(key, { topic, node, streams: [...streams, stream], waiting: waiting + lag + pending });
        }
      }),
    );
    return [...found.values()];
  }

  /** Nothing happens when the flow has another revision by now. */
  async remove({ topic, node, streams }: Leftover, revision: number): Promise<void> {
    const { flow, backend, log } = this.#options;
    const removed = await Promise.all(
      streams.map((stream) => backend.streams.removeGroup(stream, `${flow}/${node}`, { flow, revision })),
    );
    if (removed.every((each) => each === undefined)) return;
    const waiting = removed.reduce<number>((sum, each) => sum + (each ?? 0), 0);
    if (waiting === 0) {
      log.info(`Node "${node}" does not read "${topic}" any more: its group was removed.`);
      return;
    }
    this.dropped.set(topic, (this.dropped.get(topic) ?? 0) + waiting);
    log.warn(readerRemoved.problem({ node, topic, waiting }, { path: "" }).message, { node });
  }

  /**
   * Private topics hold no groups with the flow's name but its own. Shared topics may hold those of a flow of the same
   * name in another namespace: there only what a revision of this flow has named is its own.
   */
  async #suspects(now: ReadonlyMap<string, Reading>, revision: number): Promise<Suspect[]> {
    const { flow, history } = this.#options;
    const suspects: Suspect[] = [...now.values()].flatMap((reading) => {
      const { topic, shared, nodes } = reading;
      const isLeft = (node: string) => !nodes.has(node);
      return shared ? [] : streamsOf(flow, reading).map((stream) => ({ topic, stream, isLeft }));
    });
    const shared = new Map<string, Suspect & { readonly nodes: Set<string> }>();
    for await (const earlier of history.back(revision - 1)) {
      for (const reading of earlier.values()) {
        if (!reading.shared) continue;
        for (const stream of streamsOf(flow, reading)) {
          const { topic } = reading;
          const nodes = shared.get(JSON.stringify(stream))?.nodes ?? new Set();
          for (const node of reading.nodes) if (!now.get(topic)?.nodes.has(node)) nodes.add(node);
          const isLeft = (node: string) => nodes.has(node);
          shared.set(JSON.stringify(stream), { topic, stream, isLeft, nodes });
        }
      }
    }
    return [...suspects, ...[...shared.values()].filter(({ nodes }) => nodes.size > 0)];
  }
}

/** What a person should know of those for whom messages waited. */
export function leftoverProblems(document: object, leftovers: readonly Leftover[]): Problem[] {
  return leftovers
    .filter(({ waiting }) => waiting > 0)
    .map(({ topic, node, waiting }) => {
      const isDeclared = valueAt(document, ["topics", topic]) !== undefined;
      const path = isDeclared ? pointer("topics", topic) : "";
      return readerRemoved.problem({ node, topic, waiting }, { path, node });
    });
}
