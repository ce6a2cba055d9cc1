// The script runner as the engine sees it: one child process, frames in and out, and its last words.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, lstatSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { encodeFrame, type Frame, FrameReader } from "./frame.ts";
import { FROM_RUNNER } from "./protocol.ts";

/** What is kept of stderr. */
const LAST_WORDS = 2_000;

export interface RunnerHooks {
  onReady(): void;
  onFrame(frame: Frame): void;
  /** Once, whatever ended it. */
  onExit(reason: string): void;
}

export class RunnerProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #exited: Promise<void>;
  #words = "";
  #why: string | undefined;

  constructor(hooks: RunnerHooks) {
    const file = fileURLToPath(new URL(`./runner/main${extname(import.meta.url)}`, import.meta.url));
    this.#child = spawn(process.execPath, [...flags(file), file], {
      env: {},
      cwd: dirname(file),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const reader = new FrameReader();
    this.#child.stdout.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.read(chunk)) {
          if (frame.type === FROM_RUNNER.ready) hooks.onReady();
          else hooks.onFrame(frame);
        }
      } catch (error) {
        this.kill(`it sent what makes no sense: ${error instanceof Error ? error.message : error}`);
      }
    });
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString()).slice(-LAST_WORDS);
    });
    this.#child.stdin.on("error", () => {}); // it ended; exit tells
    this.#exited = new Promise((resolve) => {
      const end = (reason: string) => {
        resolve();
        hooks.onExit(reason);
      };
      this.#child.once("error", (error) => end(error.message));
      this.#child.once("close", (code, signal) => end(this.#why ?? this.#obituary(code, signal)));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(type: number, script: number, run: number, body: string | Uint8Array): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(encodeFrame(type, script, run, body));
  }

  kill(why: string): void {
    this.#why ??= why;
    this.#child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("the engine shuts down");
    await this.#exited;
  }

  #obituary(code: number | null, signal: string | null): string {
    const line = this.#words.split("\n").find((text) => /error|fatal|out of memory/i.test(text)) ?? "";
    return `${signal ? `killed by ${signal}` : `exit code ${code}`}${line ? `: ${line.trim().slice(0, 300)}` : ""}`;
  }
}

/** No files but its own code, no processes, no threads of Node, no code from strings. */
function flags(file: string): string[] {
  const sandbox = dirname(dirname(file));
  const isolated = foldersOf("isolated-vm", file);
  const loader = isolated.flatMap((folder) => foldersOf("node-gyp-build", join(folder, "package.json")));
  const folders = [sandbox, realpathSync(sandbox), ...isolated, ...loader, ...foldersOf("msgpackr", file)];
  const readable = [
    ...folders,
    join(dirname(sandbox), "package.json"), // what kind of module ours are
    join(dirname(dirname(sandbox)), "package.json"),
    "/etc/alpine-release", // how isolated-vm's loader knows musl
  ];
  return [
    "--no-node-snapshot",
    "--permission",
    "--allow-addons",
    ...[...new Set(readable)].map((path) => `--allow-fs-read=${path}`),
    "--disallow-code-generation-from-strings",
    "--disable-proto=delete",
    "--no-warnings",
    ...(extname(file) === ".ts" ? ["--conditions=millrace-source"] : []),
  ];
}

/** Where a package is for a module: as it is looked up, and where links lead to. */
function foldersOf(name: string, from: string): string[] {
  const places = createRequire(from).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((folder) => existsSync(folder));
  return found === undefined ? [] : [...linksOn(found), found, realpathSync(found)];
}

/** The parts of a path that are links: Node reads them to follow it. */
function linksOn(path: string): string[] {
  const parent = dirname(path);
  if (parent === path) return [];
  return lstatSync(path).isSymbolicLink() ? [...linksOn(parent), path] : linksOn(parent);
}
