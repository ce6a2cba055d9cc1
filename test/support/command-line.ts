// The program `engine` run as a user runs it: a process of its own, by engine/bin.mjs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const BIN = join(import.meta.dirname, "../../engine/bin.mjs");

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runEngine(
  words: readonly string[],
  options: { folder: string; environment?: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  const { REDIS_URL: _, MILLRACE_TOKEN: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd: options.folder,
    env: { ...inherited, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: child.exitCode, stdout, stderr };
}
