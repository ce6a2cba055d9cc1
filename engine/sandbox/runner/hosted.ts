// One script in the runner: its context, its queue of batches, its timers. Every call into the context is followed
// by fetching what the script said meanwhile. Long, because a call, its deadline and its end are one sequence.
import ivm from "isolated-vm";
import { MAX_TIMERS, SLICE_MS } from "../isolate/limits.ts";
import type { Control } from "../isolate/report.ts";
import { FROM_RUNNER, type LoadRequest, type Loss } from "../protocol.ts";
import { answerRandom, answerUrl } from "./bridges.ts";
import type { Cell } from "./cell.ts";
import { prepare } from "./compile.ts";
import { COLLECT_MS, compileScript, type Kernel, openKernel } from "./context.ts";
import { readPackerLibrary } from "./kernel-source.ts";
import { failedTask, isTimeout, LoadError, toLoadError } from "./load-error.ts";

/** "D" begins an answer that ends its batch. */
const DONE = 68;

interface Batch {
  readonly run: number;
  readonly body: string | ArrayBuffer;
}

export interface HostedOptions {
  readonly id: number;
  readonly request: LoadRequest;
  readonly cell: Cell;
  readonly send: (type: number, script: number, run: number, body: string | Uint8Array) => void;
  /** The script, or with it its isolate, is of no use any more. */
  readonly onLost: (hosted: Hosted, reason: Loss["reason"], run: number, index: number) => void;
}

export class Hosted {
  readonly id: number;
  readonly request: LoadRequest;
  readonly cell: Cell;
  readonly #send: HostedOptions["send"];
  readonly #onLost: HostedOptions["onLost"];
  readonly #progress = new Int32Array(new SharedArrayBuffer(4));
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #queue: Batch[] = [];
  #context: ivm.Context | undefined;
  #kernel: Kernel = {};
  #hasPacker = false;
  #batch: Batch | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #deadlineIndex = -1;
  #movedAt = 0;
  #task: { resolve: () => void; reject: (error: LoadError) => void } | undefined;
  #gone = false;

  constructor(options: HostedOptions) {
    this.id = options.id;
    this.request = options.request;
    this.cell = options.cell;
    this.#send = options.send;
    this.#onLost = options.onLost;
    this.#progress[0] = -1;
  }

  /** The run and place of the message that is being worked on. */
  get position(): { run: number; index: number } {
    return { run: this.#batch?.run ?? 0, index: this.#batch ? Math.max(this.#progress[0] ?? -1, 0) : -1 };
  }

  get isLoading(): boolean {
    return this.#task !== undefined;
  }

  /** Compiles, evaluates and runs `onStart`. Rejects with a LoadError. */
  async load(): Promise<void> {
    const { isolate } = this.cell;
    try {
      const prepared = prepare(this.request.name, this.request.code);
      await this.cell.enter(this.id, COLLECT_MS, async () => {
        this.#context = await isolate.createContext();
        this.#kernel = await openKernel(isolate, this.#context);
        await this.#configure();
      });
      await this.cell.enter(this.id, this.request.timeoutMs + SLICE_MS, async () => {
        const context = this.#context as ivm.Context;
        await this.#apply("attach", await compileScript(isolate, context, prepared, this.request));
      });
      await this.#runTask("start");
    } catch (error) {
      throw toLoadError(error, this.cell.isDisposed);
    }
  }

  async #configure(): Promise<void> {
    const { config, env, outputs, maxPayloadBytes } = this.request;
    await this.#apply("configure", [
      JSON.stringify({ config: config ?? null, env, outputs, maxPayloadBytes }),
      new ivm.ExternalCopy(this.#progress.buffer).copyInto(),
      new ivm.Callback(answerUrl),
      new ivm.Callback(answerRandom),
    ]);
  }

  #apply(name: string, args: unknown[], options: { timeout?: number } = {}): Promise<unknown> {
    const target = this.#kernel[name] as ivm.Reference;
    return target.apply(undefined, args as never[], { timeout: COLLECT_MS, ...options });
  }

  /** Adds a batch; batches run one after the other. */
  run(run: number, body: string | ArrayBuffer): void {
    this.#queue.push({ run, body });
    if (!this.#batch) this.#nextBatch();
  }

  #nextBatch(): void {
    const batch = this.#queue.shift();
    this.#batch = batch;
    if (!batch) return;
    if (typeof batch.body === "string") this.#call("run", [batch.body, batch.run]);
    else {
      const bytes = batch.body;
      void this.#needPacker().then(
        () => this.#call("runPacked", [new ivm.ExternalCopy(bytes).copyInto({ release: true }), batch.run]),
        (error) => this.#broke(error),
      );
    }
  }

  cancel(run: number): void {
    const queued = this.#queue.findIndex((batch) => batch.run === run);
    if (queued >= 0) this.#queue.splice(queued, 1);
    if (this.#batch?.run !== run) return;
    this.#clearDeadline();
    this.#batch = undefined;
    this.#call("cancel", []);
    this.#nextBatch();
  }

  answer(request: number, ok: boolean, text: string): void {
    this.#call("answer", [request, ok, text]);
  }

  async answerPacked(request: number, bytes: ArrayBuffer): Promise<void> {
    await this.#needPacker();
    this.#call("answerPacked", [request, new ivm.ExternalCopy(bytes).copyInto({ release: true })]);
  }

  /** Runs `onStop`, at most for the script's timeout. */
  async stop(): Promise<void> {
    await this.#runTask("stop");
  }

  /** Forgets everything: nothing of this script runs again. */
  drop(): void {
    this.#gone = true;
    this.#clearDeadline();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#queue.length = 0;
    this.#batch = undefined;
    this.#task?.resolve();
    this.#task = undefined;
    if (this.cell.isDisposed) return;
    for (const reference of Object.values(this.#kernel)) reference.release();
    this.#context?.release();
  }

  async #runTask(name: "start" | "stop"): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.#task = { resolve, reject };
    });
    const timer = setTimeout(() => this.#task?.reject(failedTask()), this.request.timeoutMs);
    this.#call(name, []);
    try {
      await done;
    } finally {
      clearTimeout(timer);
      this.#task = undefined;
    }
  }

  /** A call that may run the user's code, and then what it said. */
  #call(name: string, args: unknown[]): void {
    const limit = this.request.timeoutMs + SLICE_MS;
    const target = this.#kernel[name];
    const batch = this.#batch;
    if (this.#gone || !target) return;
    this.#movedAt = performance.now();
    void this.cell
      .enter(this.id, limit, () => target.apply(undefined, args as never[], { timeout: limit }))
      .catch((error) => this.#survive(error, batch))
      .then((answer) => {
        if (this.#gone) return;
        if (typeof answer === "string" && answer.charCodeAt(0) === DONE) this.#finishBatch(batch, answer);
        else if (answer === "B") void this.#broke(new Error("The script broke its built-in objects."));
        else void this.#collect().catch((error) => this.#broke(error));
      })
      .catch((error) => this.#broke(error));
  }

  /** A rejection that nobody handled is told; anything else ends the script. */
  async #survive(error: unknown, batch: Batch | undefined): Promise<unknown> {
    if (this.#gone) return undefined;
    if (this.cell.isDisposed || isTimeout(error)) throw error;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#send(
      FROM_RUNNER.note,
      this.id,
      0,
      `A promise was rejected and nobody handled it. ${text.slice(0, 4_096)}`,
    );
    return batch && this.cell.enter(this.id, COLLECT_MS, () => this.#apply("again", [batch.run]));
  }

  #finishBatch(batch: Batch | undefined, answer: string): void {
    if (!batch || batch !== this.#batch) return; // cancelled meanwhile
    this.#send(FROM_RUNNER.lastDocument, this.id, batch.run, answer);
    this.#endBatch();
  }

  #endBatch(): void {
    this.#clearDeadline();
    this.#nextBatch();
  }

  async #collect(): Promise<void> {
    let answer = await this.#fetch("collect");
    while (typeof answer === "string" && answer.startsWith("P")) {
      const run = Number(answer.slice(1));
      await this.#needPacker();
      const bytes = (await this.cell.enter(this.id, COLLECT_MS, () =>
        (this.#kernel.collectPacked as ivm.Reference).apply(undefined, [], {
          timeout: COLLECT_MS,
          result: { copy: true },
        }),
      )) as ArrayBuffer;
      if (this.#gone) return;
      this.#send(FROM_RUNNER.documentPacked, this.id, run, new Uint8Array(bytes));
      answer = await this.#fetch("collect");
    }
    if (this.#gone || typeof answer !== "string") return;
    const lineBreak = answer.indexOf("\n");
    const control = JSON.parse(answer.slice(0, lineBreak)) as Control;
    const document = answer.slice(lineBreak + 1);
    if (document !== "") this.#send(FROM_RUNNER.document, this.id, control.run, `D${document}`);
    this.#follow(control);
  }

  #fetch(name: string): Promise<unknown> {
    return this.cell.enter(this.id, COLLECT_MS, () => this.#apply(name, []));
  }

  /** A batch that neither runs nor waits for anything: the script tampered with what moves it. */
  isStalled(now: number): boolean {
    return (
      this.#batch !== undefined &&
      !this.#deadline &&
      now - this.#movedAt > this.request.timeoutMs * 2 + COLLECT_MS
    );
  }

  #follow(control: Control): void {
    for (const id of control.cleared) this.#clearTimer(id);
    for (const [id, ms, repeat] of control.timers) this.#startTimer(id, ms, repeat);
    if (control.task === "done") this.#task?.resolve();
    else if (typeof control.task === "object") {
      this.#task?.reject(new LoadError({ reason: "threw", failure: control.task.failed }));
    }
    if (!this.#batch || this.#batch.run !== control.run) return;
    if (control.batch === "waiting") this.#watch(control.at);
    else if (control.batch === "more") this.#call("go", []);
    else if (control.batch === "done") {
      this.#send(FROM_RUNNER.over, this.id, control.run, "");
      this.#endBatch();
    }
  }

  #startTimer(id: number, ms: number, repeat: boolean): void {
    if (this.#timers.size >= MAX_TIMERS) return; // the kernel refused it, unless it was tampered with
    const fire = () => {
      if (!repeat) this.#timers.delete(id);
      this.#call("fire", [id]);
    };
    this.#timers.set(id, repeat ? setInterval(fire, ms) : setTimeout(fire, ms));
  }

  #clearTimer(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** The deadline of a message that waits for something. */
  #watch(index: number): void {
    if (this.#deadline && this.#deadlineIndex === index) return;
    this.#clearDeadline();
    this.#deadlineIndex = index;
    this.#deadline = setTimeout(() => {
      this.#onLost(this, "timeout", this.#batch?.run ?? 0, index);
    }, this.request.timeoutMs);
  }

  #clearDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#deadlineIndex = -1;
  }

  async #needPacker(): Promise<void> {
    if (this.#hasPacker) return;
    this.#hasPacker = true;
    const made = await this.cell.enter(this.id, COLLECT_MS, async () => {
      const script = await this.cell.isolate.compileScript(readPackerLibrary(), {
        filename: "millrace:msgpackr",
      });
      return script.run(this.#context as ivm.Context, {
        reference: true,
        timeout: COLLECT_MS,
        release: true,
      });
    });
    await this.cell.enter(this.id, COLLECT_MS, () =>
      this.#apply("usePacker", [(made as ivm.Reference).derefInto()]),
    );
  }

  /** A call failed for good: too long, or out of memory. Saves what was settled before. */
  async #broke(error: unknown): Promise<void> {
    if (this.#gone) return;
    const { run, index } = this.position;
    const reason = this.cell.isDisposed ? "memory" : isTimeout(error) ? "timeout" : "broken";
    if (this.#task && !this.#batch) {
      this.#task.reject(
        failedTask(
          reason === "broken" ? "threw" : reason,
          error instanceof Error ? error.message : String(error),
        ),
      );
      if (!this.cell.isDisposed) return;
    }
    if (reason === "timeout" && this.#batch) await this.#salvage(run);
    if (!this.#gone) this.#onLost(this, reason, run, index);
  }

  async #salvage(run: number): Promise<void> {
    try {
      const answer = String(await this.#fetch("collect"));
      const document = answer.slice(answer.indexOf("\n") + 1);
      if (!answer.startsWith("P") && document !== "")
        this.#send(FROM_RUNNER.document, this.id, run, `D${document}`);
    } catch {
      // what it had settled runs again
    }
  }
}
