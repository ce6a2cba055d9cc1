// What a test may say about the world around the node.
import type { ScriptPower } from "../scripts.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { InitialState, MemoryState } from "./memory-state.ts";
import type { TestOutput } from "./messages.ts";
import type { NextCron } from "./timers.ts";

export interface TestNodeOptions {
  /** Checked against the schema, with its defaults filled in. */
  readonly config?: unknown;
  /** The node's id, title and flow. Default: `node` in flow `test`. */
  readonly node?: { readonly id?: string; readonly title?: string; readonly flow?: string };
  /** Ports that lead somewhere. Default: all of the type and its config. */
  readonly wired?: { readonly inputs?: readonly string[]; readonly outputs?: readonly string[] };
  /** Environment variables that flows may read. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** What is in the state at start; a MemoryState of an earlier harness stands for a restart. */
  readonly state?: InitialState | MemoryState;
  /** Default: a new one that starts at 2030-01-01T00:00:00Z. */
  readonly clock?: FakeClock;
  /** Runs user code; without it `context.scripts.load` refuses. */
  readonly scripts?: ScriptPower;
  /** Reads cron expressions; without it `context.cron` and `context.nextCron` refuse. */
  readonly nextCron?: NextCron;
  /** The shards of a node with placement "shards": how many, and which it has at first (all). */
  readonly shards?: { readonly count: number; readonly held?: readonly number[] };
  /** Stands for the topics behind the outputs: wait to be full, throw to refuse. */
  readonly accept?: (output: TestOutput) => void | Promise<void>;
}
