// A real engine as a process of its own, started by its CLI as a user would, on free ports and a folder of the test.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const BIN = resolve(import.meta.dirname, "../../engine/bin.mjs");
const TOKEN = "test-token-0123456789";

export interface EngineProcessOptions {
  readonly flows: string;
  readonly data: string;
  readonly redis?: string;
  readonly name?: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Its bin.mjs; default: the checkout's. */
  readonly program?: string;
}

export class EngineProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #data: string;
  #output = "";
  #admin = "";
  #endpoints = "";

  private constructor(child: ChildProcess, data: string) {
    this.#child = child;
    this.#data = data;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8");
      stream?.on("data", (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Resolves when it says `ready`; rejects with what it printed when it ends before. */
  static async start(options: EngineProcessOptions): Promise<EngineProcess> {
    const args = [
      "--flows",
      options.flows,
      "--data",
      options.data,
      "--port",
      "0",
      "--http-port",
      "0",
      "--token",
      TOKEN,
    ];
    if (options.redis) args.push("--redis", options.redis);
    if (options.name) args.push("--name", options.name);
    const child = spawn(process.execPath, [options.program ?? BIN, ...args, ...(options.args ?? [])], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: dirname(options.flows),
      env: { ...process.env, ...options.environment, NO_COLOR: "1" },
    });
    const engine = new EngineProcess(child, options.data);
    await engine.#untilReady();
    return engine;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  get adminUrl(): string {
    return this.#admin;
  }

  /** With the token: what a person would open. */
  get editorUrl(): string {
    return `${this.#admin}/?token=${TOKEN}`;
  }

  get endpointsUrl(): string {
    return this.#endpoints;
  }

  /** Calls the admin API; throws with the answer when it refuses. */
  async api<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, data } = await this.call(method, path, body);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(data)}`);
    return data as T;
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; data: unknown }> {
    const response = await fetch(`${this.#admin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, data: text === "" ? undefined : JSON.parse(text) };
  }

  /** As `kill -9` does: nothing is said good-bye to. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** As Ctrl+C does; the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #untilReady(): Promise<void> {
    const ended = once(this.#child, "exit").then(() => "ended");
    for (;;) {
      const text = this.#output;
      if (/^ready$/m.test(text)) {
        this.#admin = JSON.parse(readFileSync(join(this.#data, "engine.json"), "utf8")).url;
        this.#endpoints = /Endpoints: (http:\S+)/.exec(text)?.[1] ?? "";
        return;
      }
      const next = await Promise.race([
        ended,
        once(this.#child.stdout ?? this.#child, "data").then(() => "more"),
      ]);
      if (next === "ended") throw new Error(`The engine ended before it was ready:\n${this.#output}`);
    }
  }
}

export interface FlowFolder extends Disposable {
  readonly folder: string;
  readonly flow: string;
  readonly data: string;
}

/** A folder with a flow and its files, and a data folder beside it. */
export function flowFolder(
  flow: unknown,
  files: Readonly<Record<string, string>> = {},
  name = "main",
): FlowFolder {
  const folder = mkdtempSync(join(tmpdir(), "millrace-flow-"));
  mkdirSync(join(folder, "flows"));
  const file = join(folder, "flows", `${name}.json`);
  writeFileSync(file, `${JSON.stringify(flow, null, 2)}\n`);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, "flows", path), text);
  return {
    folder,
    flow: file,
    data: join(folder, "data"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
