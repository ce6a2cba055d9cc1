// What a script sees. The names and signatures are the public contract of scripts:
//
//   message                          { id, topic, time, source, correlationId, attributes, attempt, payload }: a copy
//   emit(port, payload, attributes?) Promise<void>, already resolved; throws on a port that is not among the outputs
//   config                           the node's config, frozen
//   env                              Record<string, string>, frozen: the allowed names only
//   state.get(key)                   Promise<T | undefined>          also state.flow.* and state.global.*
//   state.set(key, value)            Promise<void>
//   state.delete(key)                Promise<void>
//   state.update(key, change)        Promise<T | undefined>; `change(current)` gives the next value, undefined deletes.
//                                    Atomic on the key, across nodes and engines; `change` may be called again
//   log.debug|info|warn|error(...)   void; console.debug|log|info|warn|error are the same
//   status(text, level?)             void; level "idle" | "info" | "ok" | "warning" | "error", default "info"
//   setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask, structuredClone, atob, btoa, URL,
//   URLSearchParams, TextEncoder, TextDecoder, crypto.randomUUID(), crypto.getRandomValues(bytes)
//
// In a body all of them are in scope. A module gets `(message, context)`; context has emit, config, env, state,
// log, status; `onStart(context)` and `onStop(context)` get the same. What a body or the function returns goes to
// `out`: nothing and null send nothing, an array sends each of its items that is neither, anything else is sent.
import { MAX_EMITS, MAX_TEXT } from "./limits.ts";
import type { Emit, Outbox } from "./outbox.ts";
import { RefusedError, readAttributes } from "./outbox.ts";
import { cap, show } from "./report.ts";
import type { StateClient } from "./state-client.ts";

/** Names a body can use beside `message`, in the order in which they are handed over. */
export const BODY_NAMES = ["emit", "config", "env", "state", "log", "status", "console"] as const;

export interface Surroundings {
  readonly outbox: Outbox;
  readonly outputs: ReadonlySet<string>;
  readonly config: unknown;
  readonly env: unknown;
  readonly state: StateClient;
}

type Log = Record<"debug" | "info" | "warn" | "error", (...parts: unknown[]) => void>;

let recordOf: (context: ScriptContext) => RunRecord;

/** What the kernel keeps about one run of the script; the script cannot reach it. */
export interface RunRecord {
  /** Place in the batch; -1 outside any message. */
  index: number;
  emits: Emit[];
  settled: boolean;
  /** The run was given up: what it still says goes nowhere. */
  dropped: boolean;
}

/** The context of one message, or of `onStart` and timers. Everything is made when first asked for. */
export class ScriptContext {
  readonly #record: RunRecord;
  readonly #around: Surroundings;
  #emit: ((port: string, payload: unknown, attributes?: unknown) => Promise<void>) | undefined;
  #log: Log | undefined;

  static {
    recordOf = (context) => context.#record;
  }

  constructor(index: number, around: Surroundings) {
    this.#record = { index, emits: [], settled: index < 0, dropped: false };
    this.#around = around;
  }

  get config(): unknown {
    return this.#around.config;
  }

  get env(): unknown {
    return this.#around.env;
  }

  get emit(): (port: string, payload: unknown, attributes?: unknown) => Promise<void> {
    this.#emit ??= (port, payload, attributes) => {
      emitFrom(this.#record, this.#around, port, payload, attributes);
      return TAKEN;
    };
    return this.#emit;
  }

  get state(): ReturnType<StateClient["scopes"]> {
    const record = this.#record;
    return this.#around.state.scopes(() => (record.settled ? -1 : record.index));
  }

  get log(): Log {
    if (this.#log) return this.#log;
    const record = this.#record;
    const outbox = this.#around.outbox;
    const at =
      (level: string) =>
      (...parts: unknown[]) => {
        if (record.dropped) return;
        outbox.log(record.settled ? -1 : record.index, level, cap(parts.map(show).join(" "), MAX_TEXT));
      };
    this.#log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
    return this.#log;
  }

  get console(): Log & { log: Log["info"]; trace: Log["debug"] } {
    const log = this.log;
    return { ...log, log: log.info, trace: log.debug };
  }

  get status(): (text: unknown, level?: unknown) => void {
    const record = this.#record;
    return (text, level = "info") => {
      if (record.dropped) return;
      this.#around.outbox.note([
        "status",
        record.settled ? -1 : record.index,
        cap(String(text), 200),
        String(level),
      ]);
    };
  }
}

const TAKEN = Promise.resolve();

export { recordOf };

/** One message out of a port. Belongs to the run's message, or to none when that has settled. */
export function emitFrom(
  record: RunRecord,
  around: Surroundings,
  port: string,
  payload: unknown,
  attributes?: unknown,
): void {
  if (record.dropped) return;
  if (!around.outputs.has(port) && port !== "error") throw new RefusedError("unknown-port", String(port));
  const carried = around.outbox.carry(payload);
  const extra = readAttributes(attributes);
  if (record.settled) {
    around.outbox.noteWith([carried], ([value]) => ["emit", port, value, extra ?? 0]);
    return;
  }
  if (record.emits.length >= MAX_EMITS) throw new RefusedError("too-many", String(MAX_EMITS));
  record.emits.push({ port, payload: carried, attributes: extra });
}
