// The life of one node: started, running, standing by, draining, stopped; failed and tried again. NodeTurns calls its
// handlers, NodeOutcomes decides what becomes of messages; retries of whole stream entries belong to their reader.
// Long, because a node's states and what leads from one to the other are read together.
import type { BatchHandler, Handler, Health, NodeFailure, Running, StatusLevel } from "@millrace/sdk";
import type { Fence } from "../backend/leases.ts";
import { errorText, heldElsewhere, heldNowhere } from "../base/errors/index.ts";
import { nodeNotRunning, nodeStartFailed, nodeStopped, nodeTypeMissing } from "../base/errors/runtime.ts";
import type { Logger } from "../base/logger.ts";
import { outputsNamedBy } from "../flow/index.ts";
import type { PlannedNode } from "../flow/plan.ts";
import type { Inbox } from "../topics/inbox.ts";
import { Emitter } from "./emitter.ts";
import type { NodeState } from "./events.ts";
import { createContext } from "./node-context.ts";
import { type KeptError, NodeOutcomes } from "./node-outcomes.ts";
import { OwnedShards, shardCountOf } from "./node-shards.ts";
import { NodeTimers } from "./node-timers.ts";
import { inboxOf, NodeTurns } from "./node-turns.ts";
import type { FlowParts, Powers } from "./powers.ts";
import type { Singleton } from "./singleton.ts";
import { StandBy } from "./stand-by.ts";

const START_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 10_000;
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 60_000;
/** How long a start waits to learn whether the node is to run here. */
const PLACE_WITHIN_MS = 500;

export interface NodeRunnerOptions {
  readonly planned: PlannedNode;
  readonly powers: Powers;
  readonly parts: FlowParts;
  /** Of a node that runs on one engine at a time; outlives this runner too. */
  readonly singleton: Singleton | undefined;
  /** Where its messages wait: they outlive this runner. */
  readonly inboxes: readonly Inbox[];
  /** It runs (again): what feeds it may begin. */
  readonly onRunning: () => void;
  /** Another engine runs it from now on: what feeds it must pause. */
  readonly onStandBy: () => void;
}

export class NodeRunner {
  readonly planned: PlannedNode;
  /** Emitted messages that were refused when nothing could be tried again: it caused them by itself. */
  lost = 0;
  startedAt: number | null = null;
  status: { text: string; level: StatusLevel } = { text: "", level: "idle" };
  readonly #options: NodeRunnerOptions;
  readonly #log: Logger;
  readonly #emitter: Emitter;
  readonly #turns: NodeTurns;
  readonly #outcomes: NodeOutcomes;
  /** Of a node that runs on one engine at a time. */
  #shards: OwnedShards | undefined;
  #standBy: StandBy | undefined;
  /** Of this run of the node: a node that stands by may run again. */
  #stopping = new AbortController();
  #state: NodeState = "created";
  #running: Running = {};
  #timers: NodeTimers | undefined;
  #starts = 0;
  #restart: { cancel(): void } | undefined;
  #starting: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: NodeRunnerOptions) {
    const { planned, powers, parts } = options;
    this.#options = options;
    this.planned = planned;
    this.#log = powers.log.with({ flow: parts.flow, node: planned.id });
    this.#emitter = new Emitter({
      flow: parts.flow,
      node: planned.id,
      clock: powers.clock,
      frames: powers.frames,
      outputs: new Map(
        [...planned.outputs].map(([port, names]) => [
          port,
          names.flatMap((name) => parts.topics.get(name) ?? []),
        ]),
      ),
      ports: outputsOf(planned),
      onLost: (error) => {
        this.lost++;
        this.#outcomes.keepError(error, "An emitted message was refused");
      },
      deliveryOf: (message) => this.#turns.deliveryOf(message),
      fence: (shard) => this.#fence(shard),
    });
    this.#outcomes = new NodeOutcomes({
      planned,
      identity: this.identity(),
      powers,
      parts,
      emitter: this.#emitter,
      log: this.#log,
      signal: () => this.signal,
      inboxOf: (port, message) => inboxOf(options.inboxes, port, message),
    });
    this.#turns = new NodeTurns({
      planned,
      inboxes: options.inboxes,
      frames: powers.frames,
      scheduler: powers.scheduler,
      clock: powers.clock,
      handler: (port) => this.#handler(port),
      isRunning: () => this.#state === "running",
      signal: () => this.signal,
      onDone: (delivery, error) => this.#outcomes.done(delivery, error),
    });
  }

  get counts(): { received: number; settled: number; failed: number; retried: number } {
    const { settled, failed, retried } = this.#outcomes;
    return { received: this.#turns.received, settled, failed, retried };
  }

  /** The last ones, newest first. */
  get errors(): readonly KeptError[] {
    return this.#outcomes.errors;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** Another engine runs it, or none yet; this one waits for its turn. */
  get standsBy(): boolean {
    return this.#standBy !== undefined;
  }

  /** Another engine has it, or may have it: what it does here is worth nothing. */
  get isVoid(): boolean {
    const { singleton } = this.#options;
    return singleton !== undefined && singleton.fence === undefined;
  }

  /** Messages that went nowhere, since another engine has what they were sent for. */
  get voided(): number {
    return this.#emitter.voided;
  }

  get shards(): OwnedShards | undefined {
    return this.#shards;
  }

  get emitted(): number {
    return this.#emitter.count;
  }

  get isSource(): boolean {
    return this.planned.inputs.size === 0;
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  identity(): NodeFailure["node"] {
    const { id, title, type } = this.planned;
    return { flow: this.#options.parts.flow, id, title, type };
  }

  // ---- life ----

  /** Resolves when it runs, stands by, or has failed (and will try again by itself). Never rejects. */
  start(): Promise<void> {
    this.#starting ??= (
      this.#options.singleton ? this.#place(this.#options.singleton) : this.#start()
    ).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /**
   * Takes nothing more, lets what is being handled finish for up to `timeoutMs`, then closes the node. What it
   * holds, or was going to try again, goes back to where it waited.
   */
  stop(timeoutMs: number): Promise<void> {
    this.#ending ??= this.#stop(timeoutMs);
    this.#options.singleton?.detach(this.#ending);
    return this.#ending;
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#restart?.cancel();
    await this.#starting;
    await this.#options.singleton?.idle();
    this.#restart?.cancel();
    await this.#wind(timeoutMs);
    this.#standBy?.[Symbol.dispose]();
    this.#become("stopped");
  }

  /** Ends this run of the node; it may run again. */
  async #wind(timeoutMs: number, hurry?: AbortSignal): Promise<void> {
    this.#become("draining");
    for (const inbox of this.#options.inboxes) inbox.onArrival = undefined;
    this.#outcomes.putBack();
    await this.#turns.idle(timeoutMs, hurry);
    this.#stopping.abort(nodeStopped({ node: this.planned.id }));
    this.#timers?.[Symbol.dispose]();
    await this.#closeNode();
    this.#turns.letGo();
    await this.#shards?.[Symbol.asyncDispose]();
    this.#shards = undefined;
  }

  // ---- on one engine at a time ----

  /** Asks for the node, and waits a moment whether it is to run here. */
  async #place(singleton: Singleton): Promise<void> {
    this.#state = "starting"; // said when it starts here: to people, the engine that runs it speaks for it
    const waited = Promise.withResolvers<void>();
    const timer = this.#options.powers.clock.schedule(PLACE_WITHIN_MS, () => waited.resolve());
    const hooks = {
      begin: () => this.#takePlace(),
      end: (signal: AbortSignal) => this.#yieldPlace(signal),
    };
    await Promise.race([singleton.attach(hooks), waited.promise]);
    timer.cancel();
    if (this.#state === "starting" && !singleton.fence) this.#showStandBy(singleton);
  }

  async #takePlace(): Promise<void> {
    if (this.#ending) return;
    this.#standBy?.[Symbol.dispose]();
    this.#standBy = undefined;
    this.status = { text: "", level: "idle" };
    await this.#start();
  }

  /** The node goes to another engine: ends as at a stop, and stands by. */
  async #yieldPlace(signal: AbortSignal): Promise<void> {
    const { singleton, parts, onStandBy } = this.#options;
    this.#restart?.cancel();
    onStandBy();
    await this.#wind(parts.drainTimeoutMs, signal);
    if (singleton && !this.#ending) this.#showStandBy(singleton);
  }

  #showStandBy(singleton: Singleton): void {
    this.startedAt = null;
    this.#state = "running";
    this.#standBy = new StandBy({
      clock: this.#options.powers.clock,
      holder: () => singleton.holder(),
      show: (text) => {
        this.status = { text, level: "idle" };
      },
    });
  }

  #fence(shard: number | undefined): Fence | "void" | undefined {
    const { singleton } = this.#options;
    if (singleton) return singleton.fence ?? "void";
    if (shard === undefined || !this.#shards) return undefined;
    return this.#shards.fence(shard) ?? "void";
  }

  /** Throws when another engine runs it: what is asked of it must be asked there. */
  async mustBeHere(): Promise<void> {
    const { singleton } = this.#options;
    if (!singleton || singleton.fence) return;
    const engine = await singleton.holder();
    const node = this.planned.id;
    throw engine === undefined
      ? heldNowhere({ node })
      : heldElsewhere({ node, engine }, { details: { engine } });
  }

  /** A person pressed its button. */
  async fire(payload: unknown): Promise<boolean> {
    await this.mustBeHere();
    this.#mustRun();
    if (!this.#running.fire) return false;
    await this.#options.powers.frames.runFor(undefined, async () => this.#running.fire?.(payload));
    return true;
  }

  async health(): Promise<Health | undefined> {
    if (this.#state !== "running")
      return { healthy: false, text: this.errors[0]?.message ?? `It is ${this.#state}.` };
    return this.#running.health?.();
  }

  setStatus(text: string, level: StatusLevel): void {
    if (this.status.text === text && this.status.level === level) return;
    this.status = { text, level };
    this.#tell();
    const event = { node: this.identity(), text, level, time: this.#options.powers.clock.now() };
    for (const handle of this.#options.parts.statuses.takers(event)) {
      void Promise.resolve(handle(event)).catch((error) =>
        this.#log.warn(`A status watcher failed: ${errorText(error)}`),
      );
    }
  }

  async #start(): Promise<void> {
    const { planned, powers, parts } = this.#options;
    this.#become("starting");
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    try {
      if (!planned.definition) throw nodeTypeMissing({ type: planned.type });
      this.#timers = new NodeTimers(powers.clock, (error) =>
        this.#outcomes.keepError(error, "A timer failed"),
      );
      const { ownership, flow } = parts;
      if (ownership && planned.definition.placement === "shards") {
        const count = shardCountOf(planned.config);
        this.#shards = new OwnedShards({ ownership, flow, node: planned.id, count, log: this.#log });
      }
      const context = await createContext({
        runner: this,
        emitter: this.#emitter,
        timers: this.#timers,
        powers,
        parts,
        log: this.#log,
      });
      const definition = planned.definition;
      const started = powers.frames.runFor(undefined, async () => definition.start(context));
      this.#running =
        (await this.#within(started, START_TIMEOUT_MS, "its start took longer than 30s.")) ?? {};
      this.startedAt = powers.clock.now();
      this.#starts = 0;
      this.#become("running");
      this.#takeArrivals();
      this.#options.onRunning();
    } catch (error) {
      this.#timers?.[Symbol.dispose]();
      await this.#closeNode();
      await this.#shards?.[Symbol.asyncDispose]();
      this.#shards = undefined;
      this.#startFailed(error);
    }
  }

  #startFailed(error: unknown): void {
    const { planned, powers } = this.#options;
    const failed = planned.definition
      ? nodeStartFailed({ node: planned.id, reason: errorText(error) }, { cause: error })
      : error;
    this.#outcomes.keepError(failed, "");
    this.#become("failed");
    if (!planned.definition) return; // a deploy that brings the type starts it
    const pause = Math.min(FIRST_RESTART_MS * 2 ** this.#starts++, LAST_RESTART_MS);
    this.#restart = powers.clock.schedule(pause, () => void this.#startAgain());
  }

  #startAgain(): Promise<void> {
    const { singleton } = this.#options;
    if (!singleton) return this.start();
    if (!singleton.fence || this.#ending) return Promise.resolve();
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  #takeArrivals(): void {
    for (const inbox of this.#options.inboxes) {
      if (this.#handler(inbox.port)) inbox.onArrival = () => this.#turns.wake();
      else
        this.#log.warn(`Its type handles no input "${inbox.port}": messages there wait. Correct the wire.`);
    }
  }

  async #closeNode(): Promise<void> {
    const { close } = this.#running;
    if (!close) return;
    try {
      const closing = this.#options.powers.frames.runFor(undefined, async () => close.call(this.#running));
      await this.#within(closing, CLOSE_TIMEOUT_MS, "closing took longer than 10s.");
    } catch (error) {
      this.#outcomes.keepError(error, "It did not close well");
    }
    this.#running = {};
  }

  #handler(port: string): Handler | BatchHandler | undefined {
    const handler = (this.#running as Readonly<Record<string, unknown>>)[port];
    return handler as Handler | BatchHandler | undefined;
  }

  #become(state: NodeState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    if (this.standsBy) return; // the engine that runs it speaks for it
    const { powers, parts } = this.#options;
    powers.listener.condition?.({
      flow: parts.flow,
      node: this.planned.id,
      state: this.#state,
      ...this.status,
      time: powers.clock.now(),
    });
  }

  #mustRun(): void {
    if (this.#state !== "running") throw nodeNotRunning({ node: this.planned.id, state: this.#state });
  }

  async #within<T>(work: Promise<T>, ms: number, sentence: string): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = this.#options.powers.clock.schedule(ms, () => late.reject(new Error(sentence)));
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      timer.cancel();
    }
  }
}

/** The outputs that the node has, wired or not; undefined: any name will do. */
function outputsOf({ definition, config, outputs }: PlannedNode): ReadonlySet<string> | undefined {
  if (definition?.openOutputs) return undefined;
  const named = outputsNamedBy(config, definition?.outputsFrom ?? []);
  return new Set([...Object.keys(definition?.outputs ?? {}), ...named, ...outputs.keys(), "error"]);
}
