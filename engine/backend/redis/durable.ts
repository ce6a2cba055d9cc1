// Connections for topics that ask for more than "written", opened when the first one does. They are apart from the one
// for commands, because whatever comes behind a WAIT on a connection waits with it.
import { durabilityUnavailable } from "../../base/errors/index.ts";
import type { BackendHealth, Durability, TopicAddress } from "../backend.ts";
import { confirming, WAIT_FOR_DISK, WAIT_FOR_REPLICA } from "./confirmed.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { fieldsOf, textOf } from "./replies.ts";
import {
  canWaitForDisk,
  SETTING_NAMES,
  type ServerFacts,
  type Settings,
  whyNotReplicated,
  whyNotSynced,
} from "./server.ts";

export type Strong = Exclude<Durability, "written">;

export interface DurableOptions<T> {
  /** As for the connection for commands, but for the name. */
  readonly connection: Omit<ConnectionOptions, "name" | "confirm">;
  readonly name: (role: string) => string;
  readonly onHealth: () => void;
  /** What works on such a connection. */
  readonly make: (connection: Connection) => T;
}

interface Opened<T> {
  readonly connection: Connection;
  readonly made: T;
}

export class Durable<T> implements AsyncDisposable {
  readonly #options: DurableOptions<T>;
  readonly #opened = new Map<Strong, Promise<Opened<T>>>();
  readonly #connections = new Set<Connection>();

  constructor(options: DurableOptions<T>) {
    this.#options = options;
  }

  /** What works on the connection of this class. */
  async of(durability: Strong): Promise<T> {
    return (await this.#open(durability)).made;
  }

  /** Throws `backend/durability-unavailable` when the servers, as they are now, cannot keep it. */
  async require(stream: TopicAddress, durability: Strong): Promise<void> {
    const { connection } = await this.#open(durability);
    const reason = await whyNot(connection, durability);
    if (reason !== undefined) throw durabilityUnavailable({ topic: stream.topic, durability, reason });
  }

  /** The first that is down. */
  health(): BackendHealth | undefined {
    return [...this.#connections].map((connection) => connection.health()).find(({ up }) => !up);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection[Symbol.asyncDispose]()));
  }

  #open(durability: Strong): Promise<Opened<T>> {
    const known = this.#opened.get(durability);
    if (known) return known;
    const opening = this.#connect(durability);
    this.#opened.set(durability, opening);
    opening.catch(() => this.#opened.delete(durability));
    return opening;
  }

  async #connect(durability: Strong): Promise<Opened<T>> {
    const { connection: base, name, onHealth, make } = this.#options;
    let facts: ServerFacts | undefined;
    const confirmation = () => {
      if (durability === "replicated") return WAIT_FOR_REPLICA;
      // Where it cannot be asked, it writes to its disk before it answers: that was checked.
      return facts && !canWaitForDisk(facts) ? undefined : WAIT_FOR_DISK;
    };
    const connection = new Connection({
      ...base,
      name: name(durability),
      confirm: (client) => confirming(client, confirmation),
      verify: async (session) => {
        await base.verify?.(session);
        // Another server may answer than the one that was asked when the topic was opened.
        [facts] = await session.servers.allFacts();
        if (durability !== "synced" || !facts || canWaitForDisk(facts)) return;
        const reason = whyNotSynced(facts, await readSettings(session));
        session.hold(
          this,
          reason && `Durability "synced" cannot be kept: ${reason}. Work goes on when it can.`,
        );
      },
    });
    this.#connections.add(connection);
    try {
      await connection.open();
    } catch (error) {
      this.#connections.delete(connection);
      await connection[Symbol.asyncDispose]();
      throw error;
    }
    connection.onHealth(onHealth);
    return { connection, made: make(connection) };
  }
}

/** The first reason that some master gives. */
async function whyNot(connection: Connection, durability: Strong): Promise<string | undefined> {
  const all = await connection.servers.allFacts();
  const settings = durability === "synced" ? await readSettings(connection) : undefined;
  for (const facts of all) {
    const reason = durability === "synced" ? whyNotSynced(facts, settings) : whyNotReplicated(facts);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Of every master; where they differ, the more careless value. Undefined: CONFIG GET is not allowed. */
export async function readSettings(connection: Connection): Promise<Settings> {
  try {
    const replies = await Promise.all(
      connection.servers
        .masters()
        .map((master) => master.config("GET", ...(SETTING_NAMES as readonly string[] as [string]))),
    );
    const all = replies.map(
      (reply) => new Map([...fieldsOf(reply)].map(([name, value]) => [name, textOf(value)])),
    );
    return new Map(
      SETTING_NAMES.map((name) => [name, mostCareless(all.map((each) => each.get(name) ?? ""))]),
    );
  } catch {
    return undefined;
  }
}

const BY_CARE = ["always", "everysec", "no", "yes"];

/** "yes" is the careless one of no-appendfsync-on-rewrite, "no" that of appendfsync. */
function mostCareless(values: readonly string[]): string {
  return values.reduce(
    (worst, value) => (BY_CARE.indexOf(value) > BY_CARE.indexOf(worst) ? value : worst),
    "",
  );
}
