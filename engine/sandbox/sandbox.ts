// Scripts of all flows in one script-runner process. Knows what is in the runner, and when something is lost there
// (a script, an isolate, the process) loads it again and runs again what had not settled; only the culprit fails.
// Long, because what is loaded, what runs and what was lost is one state: apart, each part would ask the others for it.
import type { Clock, ClockTimer, ScriptEffects, ScriptPower, ScriptSource } from "@millrace/sdk";
import { systemClock } from "../base/clock.ts";
import { notSendable, sandboxClosed, scriptEndedRunner, scriptRunnerDown } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import type { Frame } from "./frame.ts";
import type { Document } from "./isolate/report.ts";
import { LogLimit } from "./log-limit.ts";
import { nextPart } from "./part.ts";
import { decodeJsonDocument, decodePackedDocument, encodeValue, UnsafeKeyError } from "./payload.ts";
import { FROM_RUNNER, type LoadFailure, type LoadRequest, type Loss, TO_RUNNER } from "./protocol.ts";
import { RunnerProcess } from "./runner-process.ts";
import { type Run, Script, type ScriptHost } from "./script.ts";
import { bare, errorOfLoad, errorOfLoss } from "./verdict.ts";
import { Vigil } from "./vigil.ts";

/** One payload that leaves a script. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** After this many ends in a row without anything done in between, calls fail until it stays up. */
const MAX_ENDS = 5;
const MAX_BACKOFF_MS = 10_000;

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
  /** How often that process ended, and was started again. */
  readonly restarts: number;
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
  restarts = 0;
  #isDown: Error | undefined;
  #restart: ClockTimer | undefined;
  #awake: NodeJS.Timeout | undefined;
  /** Why the runner is about to be killed by us. */
  #blame: Loss | undefined;
  readonly #vigil: Vigil;
  /** What the runner died with: loads and runs that now go alone, one by one. */
  readonly #suspects = new Set<Script | Run>();

  constructor({ logger, clock = systemClock, maxPayloadBytes = MAX_PAYLOAD_BYTES }: SandboxOptions) {
    this.#logger = logger;
    this.#clock = clock;
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#vigil = new Vigil({
      clock,
      isBusy: () => this.#inFlight > 0 && this.#isUp,
      ask: () => this.#runner?.send(TO_RUNNER.ping, 0, 0, ""),
      giveUp: () => this.#runner?.kill("it did not answer any more"),
    });
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
      if (script.phase === "ready" && this.#isUp && this.#suspects.size === 0) this.#send(run);
      else this.#pump();
    }
  }

  cancel(run: Run): void {
    this.#remove(run);
    if (run.to > 0) this.#runner?.send(TO_RUNNER.cancel, run.script.id, run.part, "");
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

  /** Sends what can be sent now: loads, then suspects one at a time while nothing else is there, then runs. */
  #pump(): void {
    if (!this.#isUp) return;
    const scripts = [...this.#scripts.values()];
    for (const script of scripts) {
      if (script.phase === "waiting" && !this.#suspects.has(script)) this.#sendLoad(script);
    }
    for (const suspect of this.#suspects) {
      if (this.#inFlight > 0) return;
      if (!(suspect instanceof Script)) this.#send(suspect);
      else if (suspect.phase === "waiting") this.#sendLoad(suspect);
    }
    if (this.#suspects.size > 0) return;
    for (const { phase, runs } of scripts) {
      if (phase === "ready") for (const run of [...runs]) if (run.to === 0) this.#send(run);
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
    script.generation += 1;
    this.#inFlight += 1;
    this.#runner?.send(TO_RUNNER.load, script.id, 0, JSON.stringify(request));
    this.#vigil.keep();
  }

  #send(run: Run): void {
    if (run.script.phase !== "ready") return;
    const part = nextPart(run);
    if (!part) {
      this.#finish(run);
      return;
    }
    run.part = run.script.nextPartNumber();
    run.from = part.from;
    run.to = part.to;
    this.#inFlight += 1;
    const type = typeof part.body === "string" ? TO_RUNNER.run : TO_RUNNER.runPacked;
    this.#runner?.send(type, run.script.id, run.part, part.body);
    this.#vigil.keep();
  }

  // What the runner says

  #receive(frame: Frame): void {
    this.#vigil.heard();
    const script = this.#scripts.get(frame.script);
    switch (frame.type) {
      case FROM_RUNNER.document:
      case FROM_RUNNER.documentPacked:
      case FROM_RUNNER.lastDocument:
        if (script) this.#takeDocument(script, frame);
        break;
      case FROM_RUNNER.over:
        if (script) this.#over(script, frame.run);
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
    const run = script.findRun(frame.run);
    const document = this.#decode(script, frame, run);
    if (!document) return;
    for (const note of document.notes) {
      try {
        script.hear(note, run);
      } catch (error) {
        this.#logger.warn("A script's effect failed", { script: script.source.name, err: String(error) });
      }
    }
    if (!run) return;
    this.#ends = 0;
    for (const report of document.outcomes) {
      if (run.outcomes.length < run.to) run.outcomes.push(script.outcomeOf(report));
    }
    if (run.outcomes.length >= run.to) this.#partDone(run);
    else if (frame.type === FROM_RUNNER.lastDocument) this.#over(script, run.part);
  }

  /** A run is over in the runner. Messages without an outcome: the script tampered with what counts them. */
  #over(script: Script, part: number): void {
    const run = script.findRun(part);
    if (!run) return;
    const error = errorOfLoss("broken", script.source);
    while (run.outcomes.length < run.to) run.outcomes.push({ ok: false, error });
    this.#partDone(run);
  }

  /** A document that cannot be read dooms the messages it may have been about, one by one. */
  #decode(script: Script, frame: Frame, run: Run | undefined): Document | undefined {
    try {
      return frame.type === FROM_RUNNER.documentPacked
        ? decodePackedDocument(frame.body)
        : decodeJsonDocument(frame.body);
    } catch (error) {
      const { name } = script.source;
      const reason = error instanceof UnsafeKeyError ? error.message : "it is not well-formed.";
      if (!run) script.log("error", notSendable({ name, reason }).message);
      else if (run.to - run.outcomes.length === 1) {
        run.outcomes.push({ ok: false, error: bare(notSendable({ name, reason })) });
        this.#partDone(run);
      } else {
        this.#suspect(run); // one message at a time tells whose it is
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
    const wasSuspect = this.#suspects.has(run);
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
    this.#suspects.delete(run);
    if (run.to > 0) this.#inFlight -= 1;
  }

  #loaded(script: Script): void {
    this.#inFlight -= 1;
    this.#ends = 0;
    script.phase = "ready";
    this.#suspects.delete(script);
    this.#loads.get(script)?.resolve();
    this.#loads.delete(script);
    this.#pump();
  }

  #loadFailed(script: Script, failure: LoadFailure): void {
    this.#inFlight -= 1;
    this.#refuse(script, errorOfLoad(failure, script.source));
    this.#pump();
  }

  /** The script cannot be loaded: its first load rejects, later its waiting messages fail. */
  #refuse(script: Script, error: Error): void {
    script.phase = "failed";
    this.#suspects.delete(script);
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
    const error = errorOfLoss(loss.reason, script.source);
    const { run: part, index } = loss.culprit;
    const run = script.findRun(part);
    if (run && index >= 0) run.doomed.set(run.from + index, error);
    else if (script.phase === "loading") {
      this.#inFlight -= 1;
      this.#refuse(script, error);
    } else script.log("error", error.message);
  }

  #suspect(job: Script | Run): void {
    this.#suspects.add(job);
    if (!(job instanceof Script)) job.suspect = true;
  }

  /**
   * The script is not in the runner any more: it must be loaded, and its open runs sent again. `suspicious`: any of
   * them may be why; one that was alone, is.
   */
  #forget(script: Script, suspicious: boolean): void {
    if (script.phase === "closing") {
      this.#closed(script, "");
      return;
    }
    const ended = () => bare(scriptEndedRunner({ name: script.source.name }));
    if (script.phase === "loading") {
      this.#inFlight -= 1;
      if (suspicious && this.#suspects.has(script)) this.#refuse(script, ended());
      else if (suspicious) this.#suspect(script);
    }
    if (script.phase === "loading" || script.phase === "ready") script.phase = "waiting";
    if (script.phase === "waiting") this.#runner?.send(TO_RUNNER.drop, script.id, 0, "");
    for (const run of script.runs) {
      if (run.to === 0) continue;
      this.#inFlight -= 1;
      run.from = 0;
      run.to = 0;
      if (!suspicious) continue;
      if (this.#suspects.has(run)) run.doomed.set(run.outcomes.length, ended());
      else this.#suspect(run);
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
        this.#vigil.heard();
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
    this.restarts += 1;
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
    clearInterval(this.#awake);
    this.#awake = setInterval(() => {}, MAX_BACKOFF_MS); // the clock keeps no process alive, but callers wait here
    this.#restart = this.#clock.schedule(delay, () => {
      clearInterval(this.#awake);
      this.#restart = undefined;
      if (this.#scripts.size > 0) this.#start();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await Promise.all([...this.#scripts.values()].map((script) => this.close(script)));
    this.#isClosed = true;
    this.#restart?.cancel();
    clearInterval(this.#awake);
    this.#vigil.stop();
    for (const load of this.#loads.values()) load.reject(sandboxClosed({}));
    this.#loads.clear();
    await this.#runner?.[Symbol.asyncDispose]();
    this.#runner = undefined;
  }
}
