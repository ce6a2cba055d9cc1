// What every command gets and gives: its surroundings, and an exit code.
import type { Terminal } from "./terminal.ts";

/** 0 done, 1 it ran and found problems, 2 wrong usage, 3 cannot start. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Surroundings {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working folder: where paths of arguments count from. */
  readonly folder: string;
  /** Of the engine package. */
  readonly version: string;
}
