// The servers behind an address, as one connection for commands sees them: one server, or the masters of a cluster.
import { Cluster, type Redis } from "ioredis";
import { errorText, type MillraceError, redisReplica, redisTooOld } from "../../base/errors/index.ts";
import type { RedisAddress } from "./address.ts";
import { type Client, commandClient } from "./connection-options.ts";
import type { Library } from "./library.ts";
import { isNewEnough, NEEDED_VERSION, readServerFacts, type ServerFacts } from "./server.ts";
import { slotOf } from "./slot.ts";

export interface ServerEvents {
  /** A connection can be used, from now on or again. */
  readonly ready: () => void;
  /** A connection broke: replies may have been lost. */
  readonly lost: () => void;
  readonly failed: (error: unknown) => void;
  /** A master came into the cluster, or became one. */
  readonly joined: (node: Redis) => void;
}

export class Servers {
  readonly client: Client;
  readonly #address: RedisAddress;
  readonly library: Library;
  #corked = false;

  constructor(options: { address: RedisAddress; library: Library; name: string; events: ServerEvents }) {
    const { address, library, name, events } = options;
    this.#address = address;
    this.library = library;
    const client = commandClient(address, name);
    this.client = client;
    if (client instanceof Cluster) {
      client.on("node error", events.failed);
      client.on("-node", () => events.lost());
      client.on("+node", (node: Redis) => {
        if (this.open && client.nodes("master").includes(node)) events.joined(node);
      });
    } else {
      client.on("sentinelError", events.failed);
    }
    client.on("error", events.failed);
    client.on("close", events.lost);
    client.on("ready", events.ready);
  }

  get clustered(): boolean {
    return this.client instanceof Cluster;
  }

  get open(): boolean {
    return this.client.status === "ready";
  }

  /** Every server that takes writes. */
  masters(): Redis[] {
    return this.client instanceof Cluster ? this.client.nodes("master") : [this.client];
  }

  /** What a channel is published on: always the same node of a cluster, or messages would overtake each other. */
  publisher(channel: string): Client {
    if (!(this.client instanceof Cluster)) return this.client;
    const masters = this.masters().sort((a, b) => (a.options.port ?? 0) - (b.options.port ?? 0));
    return masters[slotOf(channel) % masters.length] ?? this.client;
  }

  /** The node of the cluster that a socket is connected to. */
  at(place: { host: string | undefined; port: number | undefined }): Redis | undefined {
    return this.masters().find(
      ({ stream }) => stream?.remotePort === place.port && stream?.remoteAddress === place.host,
    );
  }

  /** What is asked in one turn goes out in one packet. */
  cork(): void {
    if (this.client instanceof Cluster) return;
    const { stream } = this.client;
    if (this.#corked || !stream || stream.destroyed) return;
    this.#corked = true;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  /** What the server says of itself, or the first of a cluster that answers. */
  async facts(): Promise<ServerFacts> {
    return readServerFacts(await Promise.any(this.masters().map((master) => master.info())).catch(firstOf));
  }

  /** Of every master that answers. */
  async allFacts(): Promise<ServerFacts[]> {
    const replies = await Promise.allSettled(this.masters().map((master) => master.info()));
    return replies.flatMap((reply) => (reply.status === "fulfilled" ? [readServerFacts(reply.value)] : []));
  }

  /** Why a server with these facts cannot be worked with. */
  refusal(facts: ServerFacts): MillraceError | undefined {
    const url = this.#address.shown;
    if (facts.redisVersion !== "" && !isNewEnough(facts.redisVersion)) {
      return redisTooOld({ url, version: facts.version, needed: NEEDED_VERSION });
    }
    return facts.replica ? redisReplica({ url }) : undefined;
  }

  /** Loads our functions into every master; throws when none could be reached. */
  async loadLibrary(): Promise<void> {
    const loaded = await Promise.allSettled(this.masters().map((master) => this.loadInto(master)));
    const failed = loaded.find((each) => each.status === "rejected");
    if (failed && (!this.clustered || loaded.every((each) => each.status === "rejected")))
      throw failed.reason;
  }

  /** Asks first: a full Redis refuses to load, but calls what it has, and a commit may free it. */
  async loadInto(master: Redis): Promise<void> {
    const { name, code } = this.library;
    const known = await master.function("LIST", "LIBRARYNAME", name);
    if (known.length > 0) return;
    try {
      await master.function("LOAD", code);
    } catch (error) {
      // Another engine was quicker.
      if (!/already exists/.test(errorText(error))) throw error;
    }
  }

  /** Asks the cluster anew who serves which slots. */
  refresh(): void {
    if (this.client instanceof Cluster) this.client.refreshSlotsCache();
  }

  /** Asks all; resolves with why one does not answer. */
  async ping(): Promise<string | undefined> {
    const answers = await Promise.allSettled(this.masters().map((master) => master.ping()));
    const silent = answers.find((answer) => answer.status === "rejected");
    return silent && errorText(silent.reason);
  }
}

function firstOf(error: unknown): never {
  throw error instanceof AggregateError ? error.errors[0] : error;
}
