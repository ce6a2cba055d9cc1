// Scripts of all flows in one script-runner process. Knows what is in the runner, and when something is lost there
// (a script, an isolate, the process) loads it again and runs again what had not settled; only the culprit fails.
import type { Clock, ClockTimer, ScriptEffects, ScriptPower, ScriptSource } from "@millrace/sdk";
import { systemClock } from "../base/clock.ts";
import {
  notSendable,
  sandboxClosed,
  scriptBroken,
  scriptEndedRunner,
  scriptOutOfMemory,
  scriptPayloadTooLarge,
  scriptRunnerDown,
  scriptStartFailed,
  scriptSyntax,
  scriptTimedOut,
} from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import type { Frame } from "./frame.ts";
import { UnsendableError } from "./isolate/exact-json.ts";
import type { Document } from "./isolate/report.ts";
import { LogLimit } from "./log-limit.ts";
import {
  decodeJsonDocument,
  decodePackedDocument,
  encodeMessages,
  encodeValue,
  UnsafeKeyError,
} from "./payload.ts";
import { FROM_RUNNER, type LoadFailure, type LoadRequest, type Loss, TO_RUNNER } from "./protocol.ts";
import { RunnerProcess } from "./runner-process.ts";
import { type Run, Script, type ScriptHost } from "./script.ts";
import { cleanStack } from "./stack.ts";

/** One payload that leaves a script. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** One batch on its way in; a larger one is split, a larger message refused. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** After this many ends in a row without anything done in between, calls fail until it stays up. */
const MAX_ENDS = 5;
const MAX_BACKOFF_MS = 10_000;
/** A runner that says nothing for so long is asked; one that does not answer for as long again is killed. */
const SILENCE_MS = 5_000;

export interface SandboxOptions {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** One payload that leaves a script; default 1 MiB. */
  readonly maxPayloadBytes?: number;
}

/** Runs scripts. `load` of the sandbox itself serves scripts that belong to no flow. */
export interface Sandbox extends ScriptPower, AsyncDisposable {
  /** The same power for the scripts of one flow: they share isolates with each other and with nobody else. */
  forFlow(flow: string): ScriptPower;
  /** The process that runs scripts now; undefined before the first script and between two processes. */
  readonly runnerPid: number | undefined;
}

export function createSandbox(options: SandboxOptions): Sandbox {
  return new ScriptSandbox(options);
}

class ScriptSandbox implements Sandbox, ScriptHost {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #maxPayloadBytes: number;
  readonly #scripts = new Map<number, Script>();
  readonly #loads = new Map<Script, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #closes = new Map<Script, () => void>();
  #runner: RunnerProcess | undefined;
  #isUp = false;
  #isClosed = false;
  #nextScript = 1;
  /** Loads and runs that are in the runner. */
  #inFlight = 0;
  #ends = 0;
  #isDown: Error | undefined;
  #restart: ClockTimer | undefined;
  /** Why the runner is about to be killed by us. */
  #blame: Loss | undefined;
  #heardAt = 0;
  #askedAt: number | undefined;
  #watch: ClockTimer | undefined;

  constructor({ logger, clock = systemClock, maxPayloadBytes = MAX_PAYLOAD_BYTES }: SandboxOptions) {
    this.#logger = logger;
    this.#clock = clock;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  get runnerPid(): number | undefined {
    return this.#runner?.pid;
  }

  forFlow(flow: string): ScriptPower {
    return { load: (source, effects) => this.#load(flow, source, effects) };
  }

  load(source: ScriptSource, effects: ScriptEffects): Promise<Script> {
    return this.#load("", source, effects);
  }

  async #load(flow: string, source: ScriptSource, effects: ScriptEffects): Promise<Script> {
    if (this.#isClosed) throw sandboxClosed({});
    const script = new Script({
      id: this.#nextScript++,
      flow,
      source,
      effects,
      maxPayloadBytes: this.#maxPayloadBytes,
      host: this,
      logLimit: new LogLimit(() => this.#clock.monotonic()),
    });
    this.#scripts.set(script.id, script);
    const loaded = new Promise<void>((resolve, reject) => this.#loads.set(script, { resolve, reject }));
    this.#start();
    this.#pump();
    try {
      await loaded;
    } catch (error) {
      this.#scripts.delete(script.id);
      script.phase = "closed";
      throw error;
    }
    return script;
  }

  // What scripts ask for

  submit(run: Run): void {
    const { script } = run;
    if (this.#isDown) this.#failRun(run, this.#isDown);
    else {
      script.runs.push(run);
      if (script.phase === "failed") script.phase = "waiting"; // tried again with every new batch
      if (script.phase === "ready" && this.#isUp && !this.#hasSuspects()) this.#send(run);
      else this.#pump();
    }
  }

  cancel(run: Run): void {
    this.#remove(run);
    if (run.to > 0) this.#runner?.send(TO_RUNNER.cancel, run.script.id, run.id, "");
  }

  async close(script: Script): Promise<void> {
    if (script.phase === "closed" || script.phase === "closing") return;
    const wasReady = script.phase === "ready" && this.#isUp;
    script.phase = "closing";
    for (const run of [...script.runs]) {
      this.#remove(run);
      run.release();
      run.reject(sandboxClosed({}));
    }
    if (wasReady) {
      await new Promise<void>((resolve) => {
        this.#closes.set(script, resolve);
        this.#runner?.send(TO_RUNNER.close, script.id, 0, "");
      });
    }
    script.flushLog();
    script.phase = "closed";
    this.#scripts.delete(script.id);
  }

  answer(script: Script, request: number, ok: boolean, value: unknown): void {
    if (script.phase !== "ready" && script.phase !== "loading" && script.phase !== "closing") return;
    try {
      const encoded = ok && value !== undefined ? encodeValue(value) : value;
      if (typeof encoded === "object" && encoded instanceof Uint8Array) {
        this.#runner?.send(TO_RUNNER.answerPacked, script.id, request, encoded);
      } else this.#runner?.send(TO_RUNNER.answer, script.id, request, JSON.stringify({ ok, value }));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#runner?.send(TO_RUNNER.answer, script.id, request, JSON.stringify({ ok: false, value: text }));
    }
  }

  // Sending work

  #hasSuspects(): boolean {
    for (const script of this.#scripts.values()) {
      if ((script.suspect && script.phase === "waiting") || script.runs.some((run) => run.suspect))
        return true;
    }
    return false;
  }

  /** Sends what can be sent now: loads, then suspects one at a time while nothing else is there, then runs. */
  #pump(): void {
    if (!this.#isUp) return;
    const scripts = [...this.#scripts.values()];
    for (const script of scripts) {
      if (script.phase === "waiting" && !script.suspect) this.#sendLoad(script);
    }
    if (this.#hasSuspects()) {
      if (this.#inFlight > 0) return;
      const load = scripts.find((script) => script.suspect && script.phase === "waiting");
      const run = scripts
        .flatMap((script) => script.runs)
        .find((candidate) => candidate.suspect && candidate.script.phase === "ready");
      if (load) return this.#sendLoad(load);
      if (run) return this.#send(run);
    }
    for (const script of scripts) {
      if (script.phase === "ready")
        for (const run of [...script.runs]) if (run.to === 0 && !run.suspect) this.#send(run);
    }
  }

  #sendLoad(script: Script): void {
    const { name, code, config, env, outputs, timeoutMs, memoryMb } = script.source;
    const { flow, maxPayloadBytes } = script;
    const request: LoadRequest = {
      flow,
      name,
      code,
      config,
      env,
      outputs,
      timeoutMs,
      memoryMb,
      maxPayloadBytes,
    };
    script.phase = "loading";
    this.#inFlight += 1;
    this.#runner?.send(TO_RUNNER.load, script.id, 0, JSON.stringify(request));
    this.#keepWatch();
  }

  /** Sends the next part of a run: up to the next doomed message, one message when suspect. */
  #send(run: Run): void {
    for (let doom = run.doomed.get(run.outcomes.length); doom; doom = run.doomed.get(run.outcomes.length)) {
      run.outcomes.push({ ok: false, error: doom });
    }
    const from = run.outcomes.length;
    let to = run.suspect ? Math.min(from + 1, run.messages.length) : run.messages.length;
    for (const index of run.doomed.keys()) if (index > from && index < to) to = index;
    const body = this.#encode(run, from, to);
    if (body === undefined)
      return run.outcomes.length < run.messages.length ? this.#send(run) : this.#finish(run);
    run.from = from;
    run.to = Math.min(to, from + body.count);
    this.#inFlight += 1;
    this.#runner?.send(
      typeof body.bytes === "string" ? TO_RUNNER.run : TO_RUNNER.runPacked,
      run.script.id,
      run.id,
      body.bytes,
    );
    this.#keepWatch();
  }

  /** Halves a batch that is too large, and dooms a message that cannot be sent. Undefined: nothing is left to send. */
  #encode(run: Run, from: number, to: number): { bytes: string | Uint8Array; count: number } | undefined {
    if (from >= run.messages.length) return undefined;
    for (let count = to - from; ; count = Math.ceil(count / 2)) {
      const { name } = run.script.source;
      try {
        const part = count === run.messages.length ? run.messages : run.messages.slice(from, from + count);
        const bytes = encodeMessages(part);
        if (bytes.length <= MAX_BATCH_BYTES) return { bytes, count };
        if (count > 1) continue;
        run.doomed.set(
          from,
          scriptPayloadTooLarge({ name, bytes: bytes.length, limit: MAX_BATCH_BYTES, direction: "in" }),
        );
      } catch (error) {
        if (!(error instanceof UnsendableError || error instanceof RangeError)) throw error;
        if (count > 1) continue;
        run.doomed.set(from, notSendable({ name, reason: error.message }));
      }
      const doom = run.doomed.get(from);
      if (doom) run.outcomes.push({ ok: false, error: doom });
      return undefined;
    }
  }

  // What the runner says

  #receive(frame: Frame): void {
    this.#heardAt = this.#clock.monotonic();
    this.#askedAt = undefined;
    const script = this.#scripts.get(frame.script);
    switch (frame.type) {
      case FROM_RUNNER.document:
      case FROM_RUNNER.documentPacked:
        if (script) this.#takeDocument(script, frame);
        break;
      case FROM_RUNNER.loaded:
        if (script?.phase === "loading") this.#loaded(script);
        break;
      case FROM_RUNNER.loadFailed:
        if (script?.phase === "loading")
          this.#loadFailed(script, JSON.parse(frame.body.toString()) as LoadFailure);
        break;
      case FROM_RUNNER.lost:
        this.#lost(JSON.parse(frame.body.toString()) as Loss);
        break;
      case FROM_RUNNER.stuck:
        this.#blame = JSON.parse(frame.body.toString()) as Loss;
        this.#runner?.kill("a script did not let go of it");
        break;
      case FROM_RUNNER.closed:
        if (script) this.#closed(script, frame.body.toString());
        break;
      case FROM_RUNNER.note:
        script?.log("error", frame.body.toString());
        break;
    }
  }

  #takeDocument(script: Script, frame: Frame): void {
    const run = script.runs.find((candidate) => candidate.id === frame.run && candidate.to > 0);
    const document = this.#decode(script, frame, run);
    if (!document) return;
    for (const note of document.notes) {
      try {
        script.hear(note, run);
      } catch (error) {
        this.#logger.warn("A script's effect failed", { script: script.source.name, err: String(error) });
      }
    }
    if (!run || document.outcomes.length === 0) return;
    this.#ends = 0;
    for (const report of document.outcomes) {
      if (run.outcomes.length < run.to) run.outcomes.push(script.outcomeOf(report));
    }
    if (run.outcomes.length >= run.to) this.#partDone(run);
  }

  /** A document that cannot be read dooms the messages it may have been about, one by one. */
  #decode(script: Script, frame: Frame, run: Run | undefined): Document | undefined {
    try {
      return frame.type === FROM_RUNNER.document
        ? decodeJsonDocument(frame.body)
        : decodePackedDocument(frame.body);
    } catch (error) {
      const { name } = script.source;
      const reason = error instanceof UnsafeKeyError ? error.message : "it is not well-formed.";
      if (!run) script.log("error", notSendable({ name, reason }).message);
      else if (run.to - run.outcomes.length === 1) {
        run.outcomes.push({ ok: false, error: notSendable({ name, reason }) });
        this.#partDone(run);
      } else {
        run.suspect = true; // one message at a time tells whose it is
        this.#lost({ reason: "broken", scripts: [script.id], culprit: null });
      }
      return undefined;
    }
  }

  #partDone(run: Run): void {
    this.#inFlight -= 1;
    run.from = 0;
    run.to = 0;
    if (run.outcomes.length >= run.messages.length) this.#finish(run);
    else this.#pump();
  }

  #finish(run: Run): void {
    const wasSuspect = run.suspect;
    this.#remove(run);
    run.release();
    run.resolve(run.outcomes);
    if (wasSuspect) this.#pump();
  }

  #failRun(run: Run, error: Error): void {
    while (run.outcomes.length < run.messages.length) run.outcomes.push({ ok: false, error });
    this.#finish(run);
  }

  #remove(run: Run): void {
    const at = run.script.runs.indexOf(run);
    if (at < 0) return;
    run.script.runs.splice(at, 1);
    if (run.to > 0) this.#inFlight -= 1;
  }

  #loaded(script: Script): void {
    this.#inFlight -= 1;
    this.#ends = 0;
    script.phase = "ready";
    script.suspect = false;
    this.#loads.get(script)?.resolve();
    this.#loads.delete(script);
    this.#pump();
  }

  #loadFailed(script: Script, { reason, failure }: LoadFailure): void {
    this.#inFlight -= 1;
    const { name, timeoutMs, memoryMb } = script.source;
    const why = failure?.message ?? String(failure);
    const error =
      reason === "syntax"
        ? scriptSyntax({ name, reason: why })
        : reason === "timeout"
          ? scriptTimedOut({ name, timeoutMs })
          : reason === "memory"
            ? scriptOutOfMemory({ name, memoryMb })
            : scriptStartFailed({ name, reason: why });
    if (reason === "threw") error.stack = cleanStack(failure?.stack ?? "", `Error: ${error.message}`);
    this.#refuse(script, error);
    this.#pump();
  }

  /** The script cannot be loaded: its first load rejects, later its waiting messages fail. */
  #refuse(script: Script, error: Error): void {
    script.phase = "failed";
    script.suspect = false;
    this.#loads.get(script)?.reject(error);
    this.#loads.delete(script);
    for (const run of [...script.runs]) this.#failRun(run, error);
  }

  #closed(script: Script, failure: string): void {
    if (failure !== "") script.log("error", `onStop failed: ${failure}`);
    this.#closes.get(script)?.();
    this.#closes.delete(script);
  }

  // Losses

  #lost(loss: Loss): void {
    this.#condemn(loss);
    for (const id of loss.scripts) {
      const script = this.#scripts.get(id);
      if (script) this.#forget(script, false);
    }
    this.#pump();
  }

  /** The culprit's message fails, or its load; or the log says that a timer was it. */
  #condemn(loss: Loss): void {
    const script = loss.culprit ? this.#scripts.get(loss.culprit.script) : undefined;
    if (!loss.culprit || !script) return;
    const { name, timeoutMs, memoryMb } = script.source;
    const error =
      loss.reason === "timeout"
        ? scriptTimedOut({ name, timeoutMs })
        : loss.reason === "memory"
          ? scriptOutOfMemory({ name, memoryMb })
          : scriptBroken({ name });
    const { run: id, index } = loss.culprit;
    const run = script.runs.find((candidate) => candidate.id === id && candidate.to > 0);
    if (run && index >= 0) run.doomed.set(run.from + index, error);
    else if (script.phase === "loading") {
      this.#inFlight -= 1;
      this.#refuse(script, error);
    } else script.log("error", error.message);
  }

  /** The script is not in the runner any more: it must be loaded, and its open runs sent again. */
  #forget(script: Script, suspicious: boolean): void {
    if (script.phase === "closing") return this.#closed(script, "");
    if (script.phase === "loading") {
      this.#inFlight -= 1;
      if (suspicious && script.suspect)
        return this.#refuse(script, scriptEndedRunner({ name: script.source.name }));
      script.suspect ||= suspicious;
    }
    if (script.phase === "loading" || script.phase === "ready") script.phase = "waiting";
    if (script.phase === "waiting") this.#runner?.send(TO_RUNNER.drop, script.id, 0, "");
    for (const run of script.runs) {
      if (run.to === 0) continue;
      this.#inFlight -= 1;
      if (suspicious && run.suspect)
        run.doomed.set(run.outcomes.length, scriptEndedRunner({ name: script.source.name }));
      run.suspect ||= suspicious;
      run.from = 0;
      run.to = 0;
    }
  }

  // The process

  #start(): void {
    if (this.#runner || this.#restart || this.#isClosed) return;
    const runner: RunnerProcess = new RunnerProcess({
      onReady: () => {
        if (this.#runner !== runner) return;
        this.#isUp = true;
        this.#isDown = undefined;
        this.#heardAt = this.#clock.monotonic();
        this.#pump();
      },
      onFrame: (frame) => {
        if (this.#runner === runner) this.#receive(frame);
      },
      onExit: (reason) => {
        if (this.#runner === runner) this.#ended(reason);
      },
    });
    this.#runner = runner;
  }

  #ended(reason: string): void {
    this.#runner = undefined;
    this.#isUp = false;
    if (this.#isClosed) return;
    const blame = this.#blame;
    this.#blame = undefined;
    this.#ends += 1;
    this.#logger.warn("The process that runs scripts ended and is started again", { reason });
    if (blame) this.#condemn(blame);
    for (const script of [...this.#scripts.values()]) this.#forget(script, !blame);
    if (this.#ends >= MAX_ENDS) {
      const down = scriptRunnerDown({ reason });
      this.#isDown = down;
      for (const script of [...this.#scripts.values()]) {
        if (this.#loads.has(script)) this.#refuse(script, down);
        else for (const run of [...script.runs]) this.#failRun(run, down);
      }
    }
    const delay = this.#ends <= 1 ? 0 : Math.min(100 * 2 ** (this.#ends - 2), MAX_BACKOFF_MS);
    this.#restart = this.#clock.schedule(delay, () => {
      this.#restart = undefined;
      if (this.#scripts.size > 0) this.#start();
    });
  }

  /** While something is in the runner: ask when it is silent, kill when it does not answer. */
  #keepWatch(): void {
    this.#watch ??= this.#clock.schedule(SILENCE_MS / 5, () => {
      this.#watch = undefined;
      const now = this.#clock.monotonic();
      if (this.#inFlight === 0 || !this.#isUp) return;
      if (this.#askedAt !== undefined && now - this.#askedAt > SILENCE_MS) {
        this.#runner?.kill("it did not answer any more");
      } else if (this.#askedAt === undefined && now - this.#heardAt > SILENCE_MS) {
        this.#askedAt = now;
        this.#runner?.send(TO_RUNNER.ping, 0, 0, "");
      }
      this.#keepWatch();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await Promise.all([...this.#scripts.values()].map((script) => this.close(script)));
    this.#isClosed = true;
    this.#restart?.cancel();
    this.#watch?.cancel();
    for (const load of this.#loads.values()) load.reject(sandboxClosed({}));
    this.#loads.clear();
    await this.#runner?.[Symbol.asyncDispose]();
    this.#runner = undefined;
  }
}
