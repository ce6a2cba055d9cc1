// Looks at Redis for a person who asks whether all is well: servers, keys, groups and who holds what.
import type { Redis } from "ioredis";
import { errorText } from "../../base/errors/index.ts";
import type { TopicAddress } from "../backend.ts";
import type {
  InspectedConsumer,
  InspectedGroup,
  InspectedKey,
  InspectedServer,
  Inspector,
} from "../inspector.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";
import { parseKey } from "./parse-key.ts";
import { readServerFacts } from "./server.ts";

const SCAN_STEP = 1_000;
/** The consumer that holds what was put aside (functions/shared.lua). */
const ASIDE = "~deferred";

export class RedisInspector implements Inspector {
  readonly #connection: Connection;
  readonly #keys: Keys;
  readonly #namespace: string;

  constructor(connection: Connection, keys: Keys, namespace: string) {
    this.#connection = connection;
    this.#keys = keys;
    this.#namespace = namespace;
  }

  servers(): Promise<InspectedServer[]> {
    return Promise.all(this.#connection.servers.masters().map(inspect));
  }

  async keys(): Promise<InspectedKey[]> {
    const pattern = `${this.#namespace.replaceAll(/[*?[\]\\^]/g, "\\$&")}:*`;
    const found = new Set<string>();
    for (const master of this.#connection.servers.masters()) {
      let cursor = "0";
      do {
        const [next, keys] = await master.scan(cursor, "MATCH", pattern, "COUNT", SCAN_STEP);
        for (const key of keys) found.add(key);
        cursor = next;
      } while (cursor !== "0");
    }
    return [...found].sort().map((key) => parseKey(this.#namespace, key));
  }

  async groups(stream: TopicAddress): Promise<InspectedGroup[]> {
    const key = this.#keys.topic(stream);
    const groups = await this.#ask(key, () => this.#connection.servers.client.xinfo("GROUPS", key));
    return Promise.all(
      groups.map(async (group) => {
        const name = String(group.get("name"));
        const consumers = await this.#ask(key, () =>
          this.#connection.servers.client.xinfo("CONSUMERS", key, name),
        );
        return {
          group: name,
          lag: Number(group.get("lag") ?? 0),
          pending: Number(group.get("pending")),
          consumers: consumers.map(consumerOf).filter(({ name: consumer }) => consumer !== ASIDE),
        };
      }),
    );
  }

  removalOf(stream: TopicAddress, group: string): string {
    return `redis-cli XGROUP DESTROY '${this.#keys.topic(stream)}' '${group}'`;
  }

  /** [] when there is no such stream, or no stream at this key. */
  async #ask(key: string, xinfo: () => Promise<unknown>): Promise<Map<string, unknown>[]> {
    try {
      const reply = await this.#connection.call(`look at "${key}"`, xinfo);
      return Array.isArray(reply) ? reply.map(fieldsOf) : [];
    } catch (error) {
      if (/no such key|WRONGTYPE|NOGROUP/i.test(errorText(error))) return [];
      throw error;
    }
  }
}

async function inspect(server: Redis): Promise<InspectedServer> {
  const info = await server.info();
  const settings = await server.config("GET", "appendfsync").catch(() => undefined);
  const asked = Date.now();
  const [seconds, microseconds] = await server.time();
  const here = (asked + Date.now()) / 2;
  const facts = readServerFacts(info);
  const { host = "", port = "" } = server.options;
  return {
    name: `${host}:${port}`,
    product: facts.product,
    version: facts.version,
    eviction: facts.eviction,
    appendOnly: facts.appendOnly,
    appendFsync: Array.isArray(settings) ? String(settings[1]) : undefined,
    usedMemoryBytes: numberIn(info, "used_memory"),
    memoryLimitBytes: numberIn(info, "maxmemory"),
    clockAheadMs: Math.round(Number(seconds) * 1000 + Number(microseconds) / 1000 - here),
  };
}

function numberIn(info: string, field: string): number {
  return Number(new RegExp(`^${field}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
}

function fieldsOf(reply: unknown): Map<string, unknown> {
  const flat = Array.isArray(reply) ? reply : [];
  const fields = new Map<string, unknown>();
  for (let index = 0; index + 1 < flat.length; index += 2) fields.set(String(flat[index]), flat[index + 1]);
  return fields;
}

function consumerOf(fields: Map<string, unknown>): InspectedConsumer {
  return {
    name: String(fields.get("name")),
    pending: Number(fields.get("pending")),
    idleMs: Number(fields.get("idle")),
  };
}
