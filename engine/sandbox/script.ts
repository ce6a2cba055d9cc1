// One loaded script, as the engine sees it: its source, its runs, and what it says.
import type { LoadedScript, Message, ScriptEffects, ScriptOutcome, ScriptSource } from "@millrace/sdk";
import {
  noOutOutput,
  notSendable,
  sandboxClosed,
  scriptPayloadTooLarge,
  scriptStopped,
  tooManyAtOnce,
  unknownOutput,
} from "../base/errors/index.ts";
import { MAX_EMITS } from "./isolate/limits.ts";
import type { FailureReport, Note, OutcomeReport } from "./isolate/report.ts";
import type { LogLimit } from "./log-limit.ts";
import { errorOf } from "./stack.ts";
import { bare } from "./verdict.ts";

type MessageEffects = Omit<ScriptEffects, "emit">;

/** Batches of one call of `run`: what was settled, and what is under way. */
export interface Run {
  readonly script: Script;
  readonly messages: readonly Message[];
  readonly effects: (index: number) => MessageEffects;
  readonly outcomes: ScriptOutcome[];
  /** Messages that must fail without running (again), by place. */
  readonly doomed: Map<number, Error>;
  /** The number of the part that is in the runner; each part has its own. */
  part: number;
  /** Where that part begins and ends; both 0 when none is there. */
  from: number;
  to: number;
  /** Its messages run alone, one by one: the runner died with it once. */
  suspect: boolean;
  readonly resolve: (outcomes: ScriptOutcome[]) => void;
  readonly reject: (error: Error) => void;
  readonly release: () => void;
}

/** `waiting`: to be sent to the runner. `loading`: sent. `failed`: tried, and it did not work. */
export type ScriptPhase = "waiting" | "loading" | "ready" | "failed" | "closing" | "closed";

/** What a script asks its sandbox for. */
export interface ScriptHost {
  submit(run: Run): void;
  cancel(run: Run): void;
  close(script: Script): Promise<void>;
  answer(script: Script, request: number, ok: boolean, value: unknown): void;
}

export class Script implements LoadedScript {
  readonly id: number;
  readonly flow: string;
  readonly source: ScriptSource;
  readonly effects: ScriptEffects;
  readonly maxPayloadBytes: number;
  readonly runs: Run[] = [];
  phase: ScriptPhase = "waiting";
  /** How often it was loaded: answers to an earlier instance must not reach a later one. */
  generation = 0;
  readonly #host: ScriptHost;
  readonly #logLimit: LogLimit;
  #lastPart = 0;

  constructor(options: {
    id: number;
    flow: string;
    source: ScriptSource;
    effects: ScriptEffects;
    maxPayloadBytes: number;
    host: ScriptHost;
    logLimit: LogLimit;
  }) {
    this.id = options.id;
    this.flow = options.flow;
    this.source = options.source;
    this.effects = options.effects;
    this.maxPayloadBytes = options.maxPayloadBytes;
    this.#host = options.host;
    this.#logLimit = options.logLimit;
  }

  run(
    messages: readonly Message[],
    effects: (index: number) => MessageEffects,
    signal: AbortSignal,
  ): Promise<ScriptOutcome[]> {
    if (this.phase === "closing" || this.phase === "closed") return Promise.reject(sandboxClosed({}));
    if (messages.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#abort(run);
      const run: Run = {
        script: this,
        messages,
        effects,
        outcomes: [],
        doomed: new Map(),
        part: 0,
        from: 0,
        to: 0,
        suspect: false,
        resolve,
        reject,
        release: () => signal.removeEventListener("abort", onAbort),
      };
      if (signal.aborted) return resolve(this.#stopped(messages.length));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#host.submit(run);
    });
  }

  /** The run whose part is in the runner under this number. */
  findRun(part: number): Run | undefined {
    return this.runs.find((run) => run.to > 0 && run.part === part);
  }

  nextPartNumber(): number {
    this.#lastPart = (this.#lastPart % 0xffff_ffff) + 1;
    return this.#lastPart;
  }

  close(): Promise<void> {
    return this.#host.close(this);
  }

  #abort(run: Run): void {
    run.outcomes.push(...this.#stopped(run.messages.length - run.outcomes.length));
    this.#host.cancel(run);
    run.release();
    run.resolve(run.outcomes);
  }

  #stopped(count: number): ScriptOutcome[] {
    return Array.from({ length: count }, () => ({
      ok: false,
      error: scriptStopped({ name: this.source.name }),
    }));
  }

  /** An outcome from what the runner reported. Whatever stands there, it fails at most its own message. */
  outcomeOf(report: OutcomeReport): ScriptOutcome {
    if (report === 0) return { ok: true, emits: [] };
    if (Array.isArray(report)) {
      if (report.length === 1) return { ok: true, emits: [{ port: "out", payload: report[0] }] };
      const emits: { port: string; payload: unknown; attributes?: Record<string, string> }[] = [];
      for (let index = 0; index + 2 < report.length; index += 3) {
        const port = String(report[index]);
        const attributes = report[index + 2];
        emits.push({ port, payload: report[index + 1], ...attributesOf(attributes) });
      }
      const unknown = emits.find(({ port }) => port !== "error" && !this.source.outputs.includes(port));
      return unknown ? { ok: false, error: this.#unknownOutput(unknown.port) } : { ok: true, emits };
    }
    const failed = (report as { failed?: FailureReport } | null)?.failed;
    return { ok: false, error: this.#errorOf(failed) };
  }

  #unknownOutput(port: string): Error {
    return unknownOutput({ name: this.source.name, port, outputs: this.source.outputs });
  }

  #errorOf(report: FailureReport | undefined): Error {
    const { name } = this.source;
    const { kind, message, stack } = { message: "", stack: "", ...report };
    const made = ((): Error => {
      switch (kind) {
        case "unknown-port":
          return this.#unknownOutput(String(message));
        case "no-out":
          return noOutOutput({ name });
        case "too-large":
          return scriptPayloadTooLarge({
            name,
            bytes: Number(message),
            limit: this.maxPayloadBytes,
            direction: "out",
          });
        case "too-many":
          return tooManyAtOnce({ name, limit: String(MAX_EMITS) });
        case "not-sendable":
          return notSendable({ name, reason: String(message) });
        default:
          return errorOf({
            name: String(report?.name),
            message: String(message),
            stack: String(stack),
            code: report?.code,
          });
      }
    })();
    if (kind !== undefined) bare(made, String(stack));
    return made;
  }

  /** Hands a note to whom it concerns. `run` is the batch its index counts in. */
  hear(note: Note, run: Run | undefined): void {
    const effectsAt = (index: number): MessageEffects =>
      run && index >= 0 && run.from + index < run.messages.length
        ? run.effects(run.from + index)
        : this.effects;
    switch (note[0]) {
      case "log":
        this.log(levelOf(note[2]), String(note[3]), effectsAt(note[1]));
        break;
      case "left-out":
        this.#logLimit.add(Number(note[2]) || 0);
        break;
      case "status":
        effectsAt(note[1]).status(String(note[2]), String(note[3]));
        break;
      case "emit": {
        const [, port, payload, attributes] = note;
        if (port !== "error" && !this.source.outputs.includes(port)) break;
        this.effects.emit(port, payload, attributesOf(attributes).attributes);
        break;
      }
      case "state":
        this.#serveState(note, effectsAt(note[2]));
        break;
    }
  }

  log(
    level: "debug" | "info" | "warn" | "error",
    text: string,
    effects: MessageEffects = this.effects,
  ): void {
    if (!this.#logLimit.allows()) return;
    const leftOut = this.#logLimit.takeLeftOut();
    if (leftOut > 0)
      effects.log("warn", `${leftOut} log lines of script "${this.source.name}" were left out.`);
    effects.log(level, text);
  }

  /** Says what was left out, when no further line did. */
  flushLog(): void {
    const leftOut = this.#logLimit.takeLeftOut();
    if (leftOut > 0)
      this.effects.log("warn", `${leftOut} log lines of script "${this.source.name}" were left out.`);
  }

  #serveState(note: Extract<Note, readonly ["state", ...unknown[]]>, effects: MessageEffects): void {
    const [, request, , op, scope, key, value, expected] = note;
    if (!isOperation(op) || !isScope(scope) || typeof key !== "string") return;
    const { generation } = this;
    const answer = (ok: boolean, found: unknown) => {
      if (this.generation === generation) this.#host.answer(this, request, ok, found);
    };
    const values = op === "get" ? {} : { value: only(value), expected: only(expected) };
    effects.state({ op, scope, key, ...values }).then(
      (found) => answer(true, op === "get" || op === "replace" ? found : undefined),
      (error) => answer(false, error instanceof Error ? error.message : String(error)),
    );
  }
}

/** Strings only, and nothing when there are none. */
function attributesOf(attributes: unknown): { attributes?: Record<string, string> } {
  if (typeof attributes !== "object" || attributes === null) return {};
  return {
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)])),
  };
}

function levelOf(level: unknown): "debug" | "info" | "warn" | "error" {
  return level === "debug" || level === "warn" || level === "error" ? level : "info";
}

type Operation = "get" | "set" | "delete" | "replace";

function isOperation(op: string): op is Operation {
  return op === "get" || op === "set" || op === "delete" || op === "replace";
}

/** What a request brings along stands in a list, alone. */
function only(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function isScope(scope: string): scope is "node" | "flow" | "global" {
  return scope === "node" || scope === "flow" || scope === "global";
}
