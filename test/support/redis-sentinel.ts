// A master with a replica and three Sentinels that watch them, for a test: on free ports, quick to notice a death.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { askRedis, freePort, RedisServer } from "./redis-server.ts";

const NAME = "main";
const SENTINELS = 3;

export class RedisSentinels implements AsyncDisposable {
  /** The master at the start, then its replica. */
  readonly servers: readonly RedisServer[];
  readonly #ports: readonly number[];
  readonly #processes: ChildProcess[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "millrace-sentinel-"));

  private constructor(servers: readonly RedisServer[], ports: readonly number[]) {
    this.servers = servers;
    this.#ports = ports;
  }

  /** Resolves when the replica follows and the Sentinels know each other. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RedisSentinels> {
    const all = { "repl-diskless-sync-delay": "0", ...settings };
    const master = await RedisServer.start({ settings: all });
    const replica = await RedisServer.start({
      settings: { ...all, replicaof: `127.0.0.1 ${master.port}` },
    });
    const ports: number[] = [];
    for (let index = 0; index < SENTINELS; index++) ports.push(await freePort());
    const trio = new RedisSentinels([master, replica], ports);
    try {
      await eventually(async () => (await replica.command("INFO", "replication")).includes("link_status:up"));
      // The Sentinels learn of the replica from the master: it must know first.
      await eventually(async () => (await master.command("INFO", "replication")).includes("state=online"));
      for (const port of ports) await trio.#watch(port, master.port);
      return trio;
    } catch (error) {
      await trio[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `redis-sentinel://${this.#ports.map((port) => `127.0.0.1:${port}`).join(",")}/${NAME}`;
  }

  /** The master at the start. */
  get first(): RedisServer {
    return this.#at(0);
  }

  /** The master of now, and the one that follows it. */
  async roles(): Promise<{ master: RedisServer; replica: RedisServer }> {
    const port = await this.masterPort();
    const isFirst = this.first.port === port;
    return { master: this.#at(isFirst ? 0 : 1), replica: this.#at(isFirst ? 1 : 0) };
  }

  /** The port that the Sentinels name as the master's. */
  async masterPort(): Promise<number> {
    const reply = await askRedis(this.#ports[0] ?? 0, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME);
    return Number(reply.split("\r\n").at(-2));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) {
      const gone = once(process, "exit");
      process.kill("SIGKILL");
      await gone;
    }
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #at(index: number): RedisServer {
    const server = this.servers[index];
    if (!server) throw new Error(`There is no server ${index}.`);
    return server;
  }

  async #watch(port: number, masterPort: number): Promise<void> {
    const file = join(this.#folder, `${port}.conf`);
    const lines = [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir ${this.#folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${NAME} 1000`,
      `sentinel failover-timeout ${NAME} 5000`,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    this.#processes.push(spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" }));
    const knows = async () => {
      const said = await askRedis(port, "SENTINEL", "MASTER", NAME).catch(() => "");
      return /num-slaves\r\n\$\d+\r\n1\r\n/.test(said);
    };
    await eventually(knows);
  }
}
