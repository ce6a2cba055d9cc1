// Connections of their own to one server: for waiting and for subscriptions. On a cluster the server is looked up each
// time the connection is made, so that it follows a failover or a slot that moved.
import { connect as connectPlain } from "node:net";
import { connect as connectSecure } from "node:tls";
import { AbstractConnector, Redis, type RedisOptions } from "ioredis";
import type { RedisAddress } from "./address.ts";
import type { Connection } from "./connection.ts";
import { connectionOptions } from "./connection-options.ts";
import { masterOf, mastersOf, type NodeAddress } from "./slot.ts";

type Stream = ReturnType<typeof connectPlain>;

export interface NodeConnectionOptions {
  readonly address: RedisAddress;
  readonly commands: Connection;
  /** The server that has this slot now; undefined: any master. Without meaning where there is one server. */
  readonly slot?: number | undefined;
  /** What this connection has for itself, its name at least. */
  readonly own: RedisOptions;
}

/** Connects at first use, or with `connect()`. */
export function nodeConnection({ address, commands, slot, own }: NodeConnectionOptions): Redis {
  if (address.kind !== "cluster") return new Redis(connectionOptions(address, own));
  const { tls } = address.options;

  /** What ioredis asks for a socket. */
  class NodeConnector extends AbstractConnector {
    constructor() {
      super(0);
    }

    async connect(): Promise<Stream> {
      this.connecting = true;
      const { host, port } = await findNode(commands, slot);
      if (!this.connecting) throw new Error("Connection is closed.");
      const stream: Stream = tls ? connectSecure({ host, port, ...tls }) : connectPlain({ host, port });
      stream.once("error", (error) => {
        this.firstError = error;
      });
      this.stream = stream;
      return stream;
    }
  }
  return new Redis(connectionOptions(address, { ...own, Connector: NodeConnector }));
}

async function findNode(commands: Connection, slot: number | undefined): Promise<NodeAddress> {
  await commands.whenReady();
  const reply = await commands.once((redis) => redis.cluster("SLOTS"));
  const masters = mastersOf(reply);
  const node =
    slot === undefined ? masters[Math.floor(Math.random() * masters.length)] : masterOf(reply, slot);
  if (!node) throw new Error("No node of the cluster serves this slot now.");
  return node;
}
