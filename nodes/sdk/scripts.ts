// Running code that users wrote, isolated from the engine. The script node and flow-defined types use this.
import type { Message } from "./message.ts";

export interface ScriptSource {
  /** Shown in error places, for example `main.convert.ts` or `main/convert`. */
  readonly name: string;
  /** TypeScript: the body of an async function, or a module with `export default`. */
  readonly code: string;
  /** What the script sees as `config`. */
  readonly config: unknown;
  /** Output ports it may emit to. */
  readonly outputs: readonly string[];
  /** Wall-clock limit of one message, async work included, in milliseconds. */
  readonly timeoutMs: number;
  /** Memory limit of the isolate in MiB. */
  readonly memoryMb: number;
  /** Environment the script may see, by name. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a script asks of the world while it runs, apart from emitting. */
export interface ScriptEffects {
  log(level: "debug" | "info" | "warn" | "error", text: string): void;
  status(text: string, level: string): void;
  /**
   * `request.op` on the key; resolves to the value read (undefined when there is none). `replace` sets the value
   * (undefined deletes) if it is still `expected`, and resolves to whether it was.
   */
  state(request: {
    op: "get" | "set" | "delete" | "replace";
    scope: "node" | "flow" | "global";
    key: string;
    value?: unknown;
    expected?: unknown;
  }): Promise<unknown>;
  /** An emit that belongs to no message: from `onStart`, or a timer that fired after its message had settled. */
  emit(port: string, payload: unknown, attributes?: Record<string, string>): void;
}

export type ScriptOutcome =
  | {
      readonly ok: true;
      /** In the order they were emitted; the returned value is the last, on port `out`. */
      readonly emits: readonly { port: string; payload: unknown; attributes?: Record<string, string> }[];
    }
  | { readonly ok: false; readonly error: Error };

/** A message as a script sees it. Types with several inputs say in `port` which one it came in by. */
export interface ScriptMessage extends Message {
  readonly port?: string;
}

export interface LoadedScript {
  /**
   * Runs the script on each message, in order. One outcome per message, at the same index; a script that throws,
   * loops, or exhausts its memory fails its own message only. Rejects only when the host was closed.
   * `effects(index)` are the powers for the message at that index, called while it runs.
   */
  run(
    messages: readonly ScriptMessage[],
    effects: (index: number) => Omit<ScriptEffects, "emit">,
    signal: AbortSignal,
  ): Promise<ScriptOutcome[]>;
  /** Runs `onStop`, and frees the script's context. */
  close(): Promise<void>;
}

export interface ScriptPower {
  /**
   * Compiles the code and runs `onStart`. Throws an error whose message has the line and column in the user's
   * source when it does not compile. `effects` serve what happens outside any message.
   */
  load(source: ScriptSource, effects: ScriptEffects): Promise<LoadedScript>;
}
