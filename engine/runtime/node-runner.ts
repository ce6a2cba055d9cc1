// Runs one node: its life, its turns at what waits in its inboxes, and what becomes of each message. Knows where
// messages come from only as inboxes; retries of whole stream entries belong to their reader, not here.
import type {
  BatchHandler,
  Handler,
  Health,
  Message,
  NodeFailure,
  Running,
  StatusLevel,
} from "@millrace/sdk";
import type { Fence } from "../backend/leases.ts";
import { errorText, heldElsewhere, heldNowhere } from "../base/errors/index.ts";
import {
  handlingTimedOut,
  nodeNotRunning,
  nodeStartFailed,
  nodeStopped,
  nodeTypeMissing,
} from "../base/errors/runtime.ts";
import type { Logger } from "../base/logger.ts";
import { outputsNamedBy } from "../flow/index.ts";
import type { PlannedNode } from "../flow/plan.ts";
import type { EngineMessage } from "../topics/engine-message.ts";
import { type Inbox, settleMessage, TAKEN } from "../topics/inbox.ts";
import { retryDelayMs } from "../topics/retry-delay.ts";
import { type DeliveryOwner, NodeDelivery } from "./delivery.ts";
import { Emitter } from "./emitter.ts";
import type { NodeState } from "./events.ts";
import { failureOf, mayRetry } from "./failure.ts";
import type { Frame } from "./frames.ts";
import { createContext } from "./node-context.ts";
import { OwnedShards, shardCountOf } from "./node-shards.ts";
import { NodeTimers } from "./node-timers.ts";
import type { FlowParts, Powers } from "./powers.ts";
import type { Runnable } from "./scheduler.ts";
import { Singleton } from "./singleton.ts";
import { StandBy } from "./stand-by.ts";

/** Messages handled in one turn before others get theirs. */
const TURN = 256;
const DEFAULT_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 10_000;
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 60_000;
const ERRORS_KEPT = 10;
/** How long a start waits to learn whether the node is to run here. */
const PLACE_WITHIN_MS = 500;

export interface NodeRunnerOptions {
  readonly planned: PlannedNode;
  readonly powers: Powers;
  readonly parts: FlowParts;
  /** Where its messages wait: they outlive this runner. */
  readonly inboxes: readonly Inbox[];
  /** It runs (again): what feeds it may begin. */
  readonly onRunning: () => void;
  /** Another engine runs it from now on: what feeds it must pause. */
  readonly onStandBy: () => void;
}

export interface KeptError {
  readonly time: number;
  readonly message: string;
  readonly stack?: string;
}

export class NodeRunner implements Runnable, DeliveryOwner {
  readonly planned: PlannedNode;
  readonly counts = { received: 0, settled: 0, failed: 0, retried: 0 };
  startedAt: number | null = null;
  status: { text: string; level: StatusLevel } = { text: "", level: "idle" };
  errors: readonly KeptError[] = [];
  readonly #options: NodeRunnerOptions;
  readonly #log: Logger;
  readonly #emitter: Emitter;
  readonly #concurrency: number;
  readonly #timeoutMs: number;
  /** Of a node that runs on one engine at a time. */
  readonly #singleton: Singleton | undefined;
  #shards: OwnedShards | undefined;
  #standBy: StandBy | undefined;
  /** Of this run of the node: a node that stands by may run again. */
  #stopping = new AbortController();
  readonly #open = new Set<NodeDelivery>();
  readonly #batch = new Map<Message, NodeDelivery>();
  readonly #retries = new Map<EngineMessage, { inbox: Inbox; cancel: () => void }>();
  #state: NodeState = "created";
  #running: Running = {};
  #timers: NodeTimers | undefined;
  #active = 0;
  #queued = false;
  #nextInbox = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #starts = 0;
  #restart: { cancel(): void } | undefined;
  #starting: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: NodeRunnerOptions) {
    const { planned, powers, parts } = options;
    this.#options = options;
    this.planned = planned;
    this.#log = powers.log.with({ flow: parts.flow, node: planned.id });
    this.#concurrency = planned.concurrency ?? planned.definition?.concurrency ?? 1;
    this.#timeoutMs = planned.timeoutMs ?? planned.definition?.timeoutMs ?? DEFAULT_TIMEOUT_MS;
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
      onLost: (error) => this.#keepError(error, "An emitted message was refused"),
      deliveryOf: (message) => this.#batch.get(message),
      fence: (shard) => this.#fence(shard),
    });
    const { ownership, flow } = parts;
    if (ownership && planned.definition?.placement === "one") {
      const hooks = {
        begin: () => this.#takePlace(),
        end: (signal: AbortSignal) => this.#yieldPlace(signal),
      };
      this.#singleton = new Singleton({ ownership, flow, node: planned.id, hooks });
    }
  }

  get state(): NodeState {
    return this.#state;
  }

  /** Another engine runs it, or none yet; this one waits for its turn. */
  get standsBy(): boolean {
    return this.#standBy !== undefined;
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
    this.#starting ??= (this.#singleton ? this.#place(this.#singleton) : this.#start()).finally(() => {
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
    return this.#ending;
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#restart?.cancel();
    await this.#starting;
    await this.#singleton?.idle();
    this.#restart?.cancel();
    await this.#wind(timeoutMs);
    this.#standBy?.[Symbol.dispose]();
    await this.#singleton?.[Symbol.asyncDispose]();
    this.#become("stopped");
  }

  /** Ends this run of the node; it may run again. */
  async #wind(timeoutMs: number, hurry?: AbortSignal): Promise<void> {
    this.#become("draining");
    for (const inbox of this.#options.inboxes) inbox.onArrival = undefined;
    for (const [message, retry] of this.#retries) {
      retry.cancel();
      retry.inbox.putBack(message);
    }
    this.#retries.clear();
    if (this.#active > 0) {
      this.#idle = Promise.withResolvers();
      const giveUp = () => this.#idle?.resolve();
      const timer = this.#options.powers.clock.schedule(timeoutMs, giveUp);
      hurry?.addEventListener("abort", giveUp, { once: true });
      if (hurry?.aborted) giveUp();
      await this.#idle.promise;
      timer.cancel();
    }
    this.#stopping.abort(nodeStopped({ node: this.planned.id }));
    this.#timers?.[Symbol.dispose]();
    await this.#closeNode();
    this.#letGo();
    await this.#shards?.[Symbol.asyncDispose]();
    this.#shards = undefined;
  }

  // ---- on one engine at a time ----

  /** Asks for the node, and waits a moment whether it is to run here. */
  async #place(singleton: Singleton): Promise<void> {
    this.#state = "starting"; // said when it starts here: to people, the engine that runs it speaks for it
    const waited = Promise.withResolvers<void>();
    const timer = this.#options.powers.clock.schedule(PLACE_WITHIN_MS, () => waited.resolve());
    await Promise.race([singleton.open(), waited.promise]);
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
    if (this.#ending) {
      await Promise.race([this.#ending, aborted(signal)]);
      return;
    }
    this.#restart?.cancel();
    this.#options.onStandBy();
    await this.#wind(this.#options.parts.drainTimeoutMs, signal);
    if (this.#singleton && !this.#ending) this.#showStandBy(this.#singleton);
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
    if (this.#singleton) return this.#singleton.fence ?? "void";
    if (shard === undefined || !this.#shards) return undefined;
    return this.#shards.fence(shard) ?? "void";
  }

  /** Throws when another engine runs it: what is asked of it must be asked there. */
  async mustBeHere(): Promise<void> {
    if (!this.#singleton || this.#singleton.fence) return;
    const engine = await this.#singleton.holder();
    const node = this.planned.id;
    throw engine === undefined ? heldNowhere({ node }) : heldElsewhere({ node, engine });
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
      this.#timers = new NodeTimers(powers.clock, (error) => this.#keepError(error, "A timer failed"));
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
    this.#keepError(failed, "");
    this.#become("failed");
    if (!planned.definition) return; // a deploy that brings the type starts it
    const pause = Math.min(FIRST_RESTART_MS * 2 ** this.#starts++, LAST_RESTART_MS);
    this.#restart = powers.clock.schedule(pause, () => void this.#startAgain());
  }

  #startAgain(): Promise<void> {
    if (!this.#singleton) return this.start();
    if (!this.#singleton.fence || this.#ending) return Promise.resolve();
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  #takeArrivals(): void {
    for (const inbox of this.#options.inboxes) {
      if (this.#handler(inbox.port)) inbox.onArrival = () => this.#wake();
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
      this.#keepError(error, "It did not close well");
    }
    this.#running = {};
  }

  /** What is still open when the node has closed: held messages go back, the rest of their trees comes again. */
  #letGo(): void {
    const held = [...this.#open].reverse();
    for (const delivery of held) {
      const { message, port } = delivery;
      const inbox = this.#options.inboxes.find((each) => each.port === port && each.topic === message.topic);
      const unbegun = delivery.isHeld && inbox !== undefined && !delivery.wasEnded;
      if (unbegun) {
        this.#open.delete(delivery);
        inbox.putBack(message);
        continue;
      }
      for (const tree of message.trees ?? []) tree.abandon();
      delivery.end(nodeStopped({ node: this.planned.id }));
    }
  }

  // ---- turns ----

  /** Works off some of what waits. */
  turn(): boolean {
    this.#queued = false;
    const { frames } = this.#options.powers;
    let budget = TURN;
    while (budget > 0 && this.#mayTake()) {
      const left = frames.run(this.#work, budget);
      if (left === budget) return false;
      budget = left;
    }
    this.#queued = this.#mayTake() && this.#options.inboxes.some((inbox) => inbox.length > 0);
    return this.#queued;
  }

  /** Handles messages until the budget is spent, nothing waits, or a handler goes on asynchronously. */
  readonly #work = (frame: Frame, budget: number): number => {
    let left = budget;
    while (left > 0 && this.#mayTake()) {
      const inbox = this.#waitingInbox();
      const message = inbox?.shift();
      if (!inbox || !message) return left;
      const handler = this.#handler(inbox.port);
      if (!handler) {
        inbox.putBack(message);
        return left;
      }
      if (typeof handler !== "function") return left - this.#handleBatch(frame, handler, inbox, message);
      left--;
      if (this.#handle(frame, handler, inbox.port, message)) return left;
    }
    return left;
  };

  /** True when the handler goes on asynchronously, and keeps the frame. */
  #handle(frame: Frame, handler: Handler, port: string, message: EngineMessage): boolean {
    if (isLost(message)) {
      settleMessage(message);
      return false;
    }
    const { frames } = this.#options.powers;
    const delivery = this.#begin(message, port);
    if (!message.isRoot && this.planned.retry && this.planned.retry.attempts > 1) delivery.buffer = [];
    this.#active++;
    delivery.counted = true;
    frame.delivery = delivery;
    frames.current = delivery;
    let result: void | Promise<void>;
    try {
      result = handler(message, delivery);
    } catch (error) {
      frame.delivery = undefined;
      frames.current = undefined;
      delivery.fail(error);
      return false;
    }
    frames.current = undefined;
    if (result === undefined || result === TAKEN) {
      frame.delivery = undefined;
      this.#handled(delivery);
      if (delivery.isOpen) this.#track(delivery);
      return false;
    }
    this.#track(delivery);
    this.#await(delivery, Promise.resolve(result));
    return true;
  }

  #await(delivery: NodeDelivery, result: Promise<unknown>): void {
    const timer = this.#timeoutMs > 0 ? this.#timeOut(delivery) : undefined;
    result.then(
      () => {
        timer?.cancel();
        this.#handled(delivery);
      },
      (error) => {
        timer?.cancel();
        delivery.fail(error);
      },
    );
  }

  /** Returns how many messages it took. */
  #handleBatch(frame: Frame, { batch, handle }: BatchHandler, inbox: Inbox, first: EngineMessage): number {
    const messages: EngineMessage[] = [];
    for (let message: EngineMessage | undefined = first; message; ) {
      if (isLost(message)) settleMessage(message);
      else messages.push(message);
      message = messages.length < batch ? inbox.shift() : undefined;
    }
    if (messages.length === 0) return 1;
    const deliveries = messages.map((message) => {
      const delivery = this.#begin(message, inbox.port);
      this.#batch.set(message, delivery);
      this.#track(delivery);
      return delivery;
    });
    this.#active++;
    frame.batch = true;
    const done = (outcomes: void | readonly (Error | undefined)[]) => {
      deliveries.forEach((delivery, index) => {
        const error = outcomes?.[index];
        if (error) delivery.fail(error);
        else delivery.handled();
      });
      this.#release();
    };
    const failed = (error: unknown) => {
      for (const delivery of deliveries) delivery.fail(error);
      this.#release();
    };
    try {
      const result = handle(messages, deliveries);
      if (result instanceof Promise) result.then(done, failed);
      else done(result);
    } catch (error) {
      failed(error);
    }
    return messages.length;
  }

  #begin(message: EngineMessage, port: string): NodeDelivery {
    this.counts.received++;
    return new NodeDelivery(this, message, port);
  }

  #track(delivery: NodeDelivery): void {
    if (delivery.isOpen) this.#open.add(delivery);
  }

  #handled(delivery: NodeDelivery): void {
    if (delivery.isHeld) {
      this.#uncount(delivery);
      return;
    }
    if (delivery.buffer && delivery.isOpen) {
      const buffer = delivery.buffer;
      delivery.buffer = undefined;
      for (const emit of buffer) void emit();
    }
    delivery.handled();
  }

  #timeOut(delivery: NodeDelivery): { cancel(): void } {
    const { clock } = this.#options.powers;
    return clock.schedule(this.#timeoutMs, () => {
      if (!delivery.isHeld)
        delivery.end(handlingTimedOut({ node: this.planned.id, timeoutMs: this.#timeoutMs }));
    });
  }

  #mayTake(): boolean {
    return this.#state === "running" && this.#active < this.#concurrency;
  }

  #waitingInbox(): Inbox | undefined {
    const { inboxes } = this.#options;
    for (let count = 0; count < inboxes.length; count++) {
      const inbox = inboxes[(this.#nextInbox + count) % inboxes.length];
      if (!inbox || inbox.length === 0) continue;
      this.#nextInbox = (this.#nextInbox + count + (inbox.length === 1 ? 1 : 0)) % inboxes.length;
      return inbox;
    }
    return undefined;
  }

  #handler(port: string): Handler | BatchHandler | undefined {
    const handler = (this.#running as Readonly<Record<string, unknown>>)[port];
    return handler as Handler | BatchHandler | undefined;
  }

  #wake(): void {
    if (this.#queued || !this.#mayTake()) return;
    this.#queued = true;
    this.#options.powers.scheduler.add(this);
  }

  #release(): void {
    this.#active--;
    if (this.#active === 0) this.#idle?.resolve();
    if (this.#options.inboxes.some((inbox) => inbox.length > 0)) this.#wake();
  }

  #uncount(delivery: NodeDelivery): void {
    if (!delivery.counted) return;
    delivery.counted = false;
    this.#release();
  }

  // ---- what becomes of a message ----

  finished(delivery: NodeDelivery, error: unknown): void {
    this.#open.delete(delivery);
    if (this.#batch.size > 0) this.#batch.delete(delivery.message);
    if (error === undefined) {
      this.counts.settled++;
      settleMessage(delivery.message);
    } else {
      this.#failed(delivery, error);
    }
    this.#uncount(delivery);
  }

  #failed(delivery: NodeDelivery, error: unknown): void {
    const { message, port } = delivery;
    if (isLost(message)) {
      settleMessage(message);
      return;
    }
    const { parts, powers } = this.#options;
    const retry = message.isRoot
      ? (this.planned.retry ?? parts.topics.get(message.topic)?.planned.retry)
      : this.planned.retry;
    const again = retry !== undefined && message.attempt < retry.attempts && mayRetry(error);
    if (!again) {
      this.#giveUp(message, error);
      return;
    }
    this.counts.retried++;
    this.#keepError(error, `Attempt ${message.attempt} of ${retry.attempts} failed`, "warn");
    if (message.isRoot) {
      this.#failTrees(message, error);
      return;
    }
    const inbox = this.#options.inboxes.find((each) => each.port === port && each.topic === message.topic);
    if (!inbox) {
      this.#giveUp(message, error);
      return;
    }
    const next = message.with({ attempt: message.attempt + 1 });
    const timer = powers.clock.schedule(retryDelayMs(retry, message.attempt, Math.random()), () => {
      this.#retries.delete(next);
      inbox.putBack(next);
      this.#wake();
    });
    this.#retries.set(next, { inbox, cancel: () => timer.cancel() });
  }

  /** After the last attempt: to the error output, to catch nodes, to the dead-letter topic; at least to the log. */
  #giveUp(message: EngineMessage, error: unknown): void {
    this.counts.failed++;
    const { parts, powers } = this.#options;
    const failure = failureOf(this.identity(), message, error);
    const wired = (this.planned.outputs.get("error") ?? []).length > 0;
    const takers = wired ? [] : parts.failures.takers(failure);
    if (!wired && takers.length === 0) {
      this.#keepError(error, "A message failed");
      this.#failTrees(message, error);
      return;
    }
    this.#keepError(error, "A message failed", "debug");
    const recovery = new NodeDelivery(
      {
        signal: this.signal,
        finished: (_, problem) => {
          if (problem === undefined) settleMessage(message);
          else this.#failTrees(message, problem);
        },
      },
      message,
      "error",
    );
    const handling = powers.frames.runFor(recovery, async () => {
      if (wired) await this.#emitter.emit("error", failure);
      else for (const handle of takers) await handle(failure);
    });
    handling.then(
      () => recovery.handled(),
      (problem) => recovery.fail(problem),
    );
  }

  #failTrees(message: EngineMessage, error: unknown): void {
    for (const tree of message.trees ?? []) tree.fail({ error, node: this.planned.id });
  }

  #keepError(error: unknown, what: string, level: "error" | "warn" | "debug" = "error"): void {
    const text = errorText(error);
    const stack = error instanceof Error ? error.stack : undefined;
    const kept = { time: this.#options.powers.clock.now(), message: text, ...(stack ? { stack } : {}) };
    this.errors = [kept, ...this.errors].slice(0, ERRORS_KEPT);
    this.#log[level](what ? `${what}: ${text}` : text);
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

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function isLost(message: EngineMessage): boolean {
  return message.trees?.some((tree) => tree.isLost) ?? false;
}
