// A real redis-server for a test: on a free port, with its data in a temporary folder; can be killed, paused, restarted.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

export interface RedisServerOptions {
  /** Settings as in redis.conf, for example `{ appendonly: "yes", requirepass: "secret" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  #settings: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;

  private constructor(port: number, settings: Readonly<Record<string, string>>) {
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), "millrace-redis-"));
    this.#settings = settings;
  }

  /** Resolves when it answers to PING. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    for (let attempt = 0; ; attempt++) {
      const server = new RedisServer(await freePort(), options.settings ?? {});
      try {
        await server.restart();
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        // Somebody else may have taken the port meanwhile.
        if (attempt === 2) throw error;
      }
    }
  }

  get url(): string {
    const { requirepass } = this.#settings;
    const login = requirepass === undefined ? "" : `:${encodeURIComponent(requirepass)}@`;
    return `redis://${login}127.0.0.1:${this.port}`;
  }

  /** Starts it again after `kill`, on the same port and data; from now on with these settings too. */
  async restart(also: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#settings = { ...this.#settings, ...also };
    const settings = {
      port: String(this.port),
      bind: "127.0.0.1",
      dir: this.folder,
      save: "",
      appendonly: "no",
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const started = spawn("redis-server", args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = started;
    let said = "";
    started.stdout?.on("data", (text) => {
      said += text;
    });
    await eventually(async () => started.exitCode !== null || (await this.#answers()));
    if (started.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
  }

  /** Ends the process and waits until it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    running.kill(signal);
    running.kill("SIGCONT");
    await gone;
  }

  /** Stops it in its tracks: connections stay open and nobody answers. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Sends a command on a connection of its own; answers with the raw reply. */
  async command(...args: string[]): Promise<string> {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      if (this.#settings.requirepass !== undefined) await ask(socket, ["AUTH", this.#settings.requirepass]);
      return await ask(socket, args);
    } finally {
      socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      return (await this.command("PING")).startsWith("+PONG");
    } catch {
      return false;
    }
  }
}

async function ask(socket: ReturnType<typeof connect>, args: readonly string[]): Promise<string> {
  const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
  const failed = once(socket, "close").then(() => {
    throw new Error("redis-server closed the connection");
  });
  failed.catch(() => undefined);
  socket.write(`*${args.length}\r\n${parts.join("")}`);
  const [reply] = await Promise.race([once(socket, "data"), failed]);
  return String(reply);
}

/** Sends one command to whoever listens on the port; answers with the raw reply. */
export async function askRedis(port: number, ...args: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return await ask(socket, args);
  } finally {
    socket.destroy();
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
