// A real Redis Cluster for a test: masters with a replica each, on free ports, quick to notice a death.

import { eventually } from "./eventually.ts";
import { freePort, RedisServer } from "./redis-server.ts";

const SLOTS = 16_384;
const SETTINGS = {
  "cluster-enabled": "yes",
  "cluster-node-timeout": "1500",
  "cluster-replica-validity-factor": "0",
  "cluster-allow-replica-migration": "no",
  "repl-diskless-sync-delay": "0",
};

export class RedisCluster implements AsyncDisposable {
  /** Masters first, then their replicas in the same order: as it was at the start. */
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  /** Resolves when every slot is served and every replica follows its master. */
  static async start(options: { masters?: number; replicas?: boolean } = {}): Promise<RedisCluster> {
    const { masters = 3, replicas = true } = options;
    const nodes: RedisServer[] = [];
    const cluster = new RedisCluster(nodes);
    try {
      for (let index = 0; index < masters * (replicas ? 2 : 1); index++) {
        const settings = { ...SETTINGS, "cluster-port": String(await freePort()) };
        nodes.push(await RedisServer.start({ settings }));
      }
      await cluster.#join(masters);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `redis-cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
  }

  /** The node that serves a key now. */
  async masterOf(key: string): Promise<RedisServer> {
    const { node: asked } = await this.#first();
    const slot = Number((await asked.command("CLUSTER", "KEYSLOT", key)).slice(1));
    const lines = bodyOf(await asked.command("CLUSTER", "NODES")).split("\n");
    const line = lines.find(
      (each) => /[ ,]master/.test(each) && !/fail/.test(each) && servesSlot(each, slot),
    );
    const port = Number(/:(\d+)@/.exec(line ?? "")?.[1]);
    const node = this.nodes.find((each) => each.port === port);
    if (!node) throw new Error(`No node serves slot ${slot}.`);
    return node;
  }

  /** Moves the slot of a key with all that is in it to another node, as a resharding does. */
  async move(key: string, to: RedisServer): Promise<void> {
    const from = await this.masterOf(key);
    const slot = (await from.command("CLUSTER", "KEYSLOT", key)).slice(1).trim();
    const [source, target] = [await idOf(from), await idOf(to)];
    await to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", source);
    await from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
    for (;;) {
      const found = await from.command("CLUSTER", "GETKEYSINSLOT", slot, "1");
      if (found.startsWith("*0")) break;
      const name = found.split("\r\n")[2] ?? "";
      await from.command("MIGRATE", "127.0.0.1", String(to.port), name, "0", "5000");
      await new Promise((resolve) => setTimeout(resolve, 30)); // between the keys, calls are asked elsewhere
    }
    for (const node of [to, from]) await node.command("CLUSTER", "SETSLOT", slot, "NODE", target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }

  async #join(masters: number): Promise<void> {
    const [first] = this.nodes;
    for (const [index, node] of this.nodes.entries()) {
      await node.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
      if (index < masters) {
        const from = Math.ceil((SLOTS / masters) * index);
        const to = Math.ceil((SLOTS / masters) * (index + 1)) - 1;
        await node.command("CLUSTER", "ADDSLOTSRANGE", String(from), String(to));
      }
      const bus =
        bodyOf(await node.command("CONFIG", "GET", "cluster-port"))
          .split("\r\n")
          .at(-2) ?? "";
      if (node !== first) await first?.command("CLUSTER", "MEET", "127.0.0.1", String(node.port), bus);
    }
    const knows = (node: RedisServer) => this.#says(node, `cluster_known_nodes:${this.nodes.length}`);
    for (const node of this.nodes) await eventually(() => knows(node));
    for (const [index, node] of this.nodes.entries()) {
      if (index < masters) continue;
      const master = this.nodes[index - masters];
      const id = master ? await idOf(master) : "";
      await eventually(async () => (await node.command("CLUSTER", "REPLICATE", id)).startsWith("+OK"));
      await eventually(async () =>
        (await node.command("INFO", "replication")).includes("master_link_status:up"),
      );
    }
    for (const node of this.nodes) await eventually(() => this.#says(node, "cluster_state:ok"));
  }

  async #says(node: RedisServer, line: string): Promise<boolean> {
    return (await node.command("CLUSTER", "INFO")).includes(line);
  }

  /** A node that answers. */
  async #first(): Promise<{ node: RedisServer }> {
    for (const node of this.nodes) if (await node.command("PING").catch(() => "")) return { node };
    throw new Error("No node of the cluster answers.");
  }
}

function servesSlot(line: string, slot: number): boolean {
  return line
    .split(" ")
    .slice(8)
    .map((range) => range.split("-").map(Number))
    .some(([from = Number.NaN, to = from]) => from <= slot && slot <= to);
}

async function idOf(node: RedisServer): Promise<string> {
  return bodyOf(await node.command("CLUSTER", "MYID")).trim();
}

/** A bulk reply without its head. */
function bodyOf(reply: string): string {
  return reply.replace(/^[$*]\d+\r\n/, "");
}
