// Looks at the SQLite file for a person who asks whether all is well: what it holds, groups, and who holds what.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Clock } from "../../base/clock.ts";
import type { StreamStore, TopicAddress } from "../backend.ts";
import type { InspectedConsumer, InspectedGroup, InspectedKey, Inspector } from "../inspector.ts";
import { addressOf, nameOf } from "./stream-name.ts";
import type { Writer } from "./writer.ts";

export interface EmbeddedInspectorParts {
  readonly database: DatabaseSync;
  readonly writer: Writer;
  readonly streams: StreamStore;
  readonly clock: Clock;
}

export class EmbeddedInspector implements Inspector {
  readonly #parts: EmbeddedInspectorParts;
  readonly #opened: number;
  readonly #consumers: StatementSync;

  constructor(parts: EmbeddedInspectorParts) {
    this.#parts = parts;
    this.#opened = parts.clock.monotonic();
    this.#consumers = parts.database.prepare(
      `SELECT h.consumer, sum(h.last - h.first + 1 - (SELECT count(*) FROM settled WHERE handed = h.id)) AS pending
       FROM handed h JOIN groups g ON g.id = h.grp JOIN streams s ON s.id = g.stream
       WHERE s.flow = ? AND s.topic = ? AND g.name = ? GROUP BY h.consumer`,
    );
  }

  /** There is none but this process. */
  async servers(): Promise<undefined> {
    return undefined;
  }

  keys(): Promise<InspectedKey[]> {
    return this.#parts.writer.transact(() => [
      ...this.#rows("SELECT flow, topic FROM streams ORDER BY flow, topic").map(([flow = "", name = ""]) => {
        const address = addressOf(flow, name);
        const part = address.partition === undefined ? "" : ` part ${address.partition}`;
        return {
          key: `stream ${flow ? `${flow}/` : ""}${address.topic}${part}`,
          kind: "stream" as const,
          address,
        };
      }),
      ...this.#rows("SELECT DISTINCT scope FROM state ORDER BY scope").map(([scope = ""]) => {
        return { key: `state ${scope}`, kind: "state" as const, scope };
      }),
      ...this.#rows("SELECT flow, name FROM leases ORDER BY flow, name").map(([flow = "", name = ""]) => {
        return {
          key: `lease ${flow}/${name}`,
          kind: "lease" as const,
          lease: { flow: flow || undefined, name },
        };
      }),
      ...this.#rows("SELECT DISTINCT flow FROM revisions ORDER BY flow").map(([flow = ""]) => {
        return { key: `revisions ${flow}`, kind: "revisions" as const, flow };
      }),
    ]);
  }

  async groups(stream: TopicAddress): Promise<InspectedGroup[]> {
    const { groups } = await this.#parts.streams.info(stream);
    return groups.map(({ group, lag, pending }) => {
      return { group, lag, pending, consumers: this.#consumersOf(stream, group) };
    });
  }

  removalOf(): string {
    return "a new deploy of its flow";
  }

  /** When each last asked is not written down: those of earlier runs have been idle since this one began. */
  #consumersOf(stream: TopicAddress, group: string): InspectedConsumer[] {
    const idleMs = this.#parts.clock.monotonic() - this.#opened;
    return this.#consumers
      .all(stream.flow ?? "", nameOf(stream), group)
      .map(({ consumer, pending }) => ({ name: String(consumer), pending: Number(pending), idleMs }));
  }

  #rows(query: string): string[][] {
    return this.#parts.database
      .prepare(query)
      .all()
      .map((row) => Object.values(row).map(String));
  }
}
