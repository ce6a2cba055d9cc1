// Runs one node without an engine: hand it messages, turn the clock, look at what it did.
import type { NodeFailure, NodeStatusEvent, StatusLevel } from "../context.ts";
import type { AnyNodeDefinition, BatchHandler, Handler, Health, Running } from "../definition.ts";
import { Failure } from "../failure.ts";
import type { HttpRoute } from "../http.ts";
import { prepareConfig } from "./config.ts";
import { NodeWorld, type TestDebug, type TestLog, type TestPublish } from "./context.ts";
import { Deliveries } from "./deliveries.ts";
import { type FakeClock, settle } from "./fake-clock.ts";
import type { TestAnswer, TestRequest } from "./fake-http.ts";
import type { MemoryState } from "./memory-state.ts";
import { isPartialMessage, MessageMaker, type TestOutput } from "./messages.ts";
import type { TestNodeOptions } from "./options.ts";
import { runInScope, runOn } from "./scope.ts";

/** Starts a node. Rejects when its config is not valid or its start fails. Close it, or use `await using`. */
export async function testNode(
  definition: AnyNodeDefinition,
  options: TestNodeOptions = {},
): Promise<TestNode> {
  const config = prepareConfig(definition.type, definition.config, options.config);
  const world = new NodeWorld(definition, config, options);
  try {
    const running = await runInScope({ messages: [], emits: [] }, () => definition.start(world.context));
    return new TestNode(definition, world, running ?? {});
  } catch (error) {
    world.stop.abort();
    world.timers.stop();
    throw error;
  }
}

export class TestNode implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly state: MemoryState;
  readonly #definition: AnyNodeDefinition;
  readonly #world: NodeWorld;
  readonly #running: Running;
  readonly #deliveries: Deliveries;
  readonly #maker: MessageMaker;
  #closing: Promise<void> | undefined;

  /** Made by `testNode`. */
  constructor(definition: AnyNodeDefinition, world: NodeWorld, running: Running) {
    this.#definition = definition;
    this.#world = world;
    this.#running = running;
    this.clock = world.clock;
    this.state = world.state;
    this.#maker = new MessageMaker(world.clock);
    this.#deliveries = new Deliveries({
      handlers: new Map(Object.entries(handlersOf(definition, running))),
      concurrency: definition.concurrency ?? 1,
      timeoutMs: definition.timeoutMs ?? 60_000,
      clock: world.clock,
    });
  }

  /**
   * Hands a payload to an input port; or a message, given as some of its fields (`{ payload, attributes }`).
   * Resolves when the delivery settled, rejects with the error that it failed with.
   */
  send(port: string, payloadOrMessage: unknown): Promise<void> {
    const handler: unknown = Reflect.get(this.#running, port);
    if (!Object.hasOwn(this.#definition.inputs, port) || handler === undefined) {
      const known = Object.keys(this.#definition.inputs).map((name) => `"${name}"`);
      const sentence = `"${port}" is not an input of "${this.#definition.type}". It has ${known.join(", ") || "none"}.`;
      return Promise.reject(new Failure(sentence, { code: "node/unknown-input", retry: false }));
    }
    if (this.#closing) return Promise.reject(new Failure("The node is closed.", { code: "node/stopped" }));
    const given = isPartialMessage(payloadOrMessage) ? payloadOrMessage : { payload: payloadOrMessage };
    return this.#deliveries.send(port, this.#maker.make(given));
  }

  /** From now on the node has these shards. Resolves when it has let go of those it lost. */
  holdShards(shards: readonly number[]): Promise<void> {
    return this.#world.shards.hold(shards);
  }

  /** All that was emitted and not taken, by port and in order. A port without outputs has an empty list. */
  get outputs(): Readonly<Record<string, readonly TestOutput[]>> {
    const empty: Record<string, readonly TestOutput[]> = {};
    const ports = new Proxy(empty, { get: (target, port: string) => target[port] ?? [] });
    for (const output of this.#world.outputs) empty[output.port] = [...(empty[output.port] ?? []), output];
    return ports;
  }

  /** All that was emitted, over all ports, in order. */
  get emitted(): readonly TestOutput[] {
    return this.#world.outputs;
  }

  /** The payloads emitted at a port so far. */
  payloads(port: string): unknown[] {
    return this.#world.outputs.filter((output) => output.port === port).map((output) => output.payload);
  }

  /** Takes what was emitted at a port out of `outputs`. */
  take(port: string): TestOutput[] {
    const taken = this.#world.outputs.filter((output) => output.port === port);
    const kept = this.#world.outputs.filter((output) => output.port !== port);
    this.#world.outputs.splice(0, this.#world.outputs.length, ...kept);
    return taken;
  }

  /** What the node shows now. */
  get status(): { readonly text: string; readonly level: StatusLevel } {
    return this.#world.statuses.at(-1) ?? { text: "", level: "idle" };
  }
  get statuses(): readonly { readonly text: string; readonly level: StatusLevel }[] {
    return this.#world.statuses;
  }
  get logs(): readonly TestLog[] {
    return this.#world.logs;
  }
  get debugs(): readonly TestDebug[] {
    return this.#world.debugs;
  }
  get published(): readonly TestPublish[] {
    return this.#world.published;
  }
  /** Messages that wait, run or are held. */
  get open(): number {
    return this.#deliveries.open;
  }

  /** Presses the button of a source. */
  async fire(payload?: unknown): Promise<void> {
    const fire = this.#running.fire;
    if (!fire) throw new Failure(`"${this.#definition.type}" has no button.`, { code: "node/no-button" });
    await runOn([], () => fire(payload));
  }

  /** Another node of the flow failed. Resolves to how many handlers took it. */
  fail(failure: Partial<NodeFailure> = {}): Promise<number> {
    const message = failure.message === undefined ? null : failure.message;
    const error = failure.error ?? { message: "failed on purpose" };
    const whole = { error, node: failure.node ?? this.#other(), message };
    const origin = message
      ? [this.#maker.make({ ...message, source: `${whole.node.flow}/${whole.node.id}` })]
      : [];
    return this.#world.failures.tell(whole, origin);
  }

  /** Another node of the flow shows a new status. Resolves to how many handlers heard of it. */
  changeStatus(event: Partial<NodeStatusEvent> = {}): Promise<number> {
    const usual = { node: this.#other(), text: "connected", level: "ok" as const, time: this.clock.now() };
    return this.#world.changes.tell({ ...usual, ...event }, []);
  }

  /** A message comes in on a topic the node may have subscribed to. Resolves to how many handlers took it. */
  publishTo(topic: string, payloadOrMessage: unknown, options: { format?: string } = {}): Promise<number> {
    const given = isPartialMessage(payloadOrMessage) ? payloadOrMessage : { payload: payloadOrMessage };
    const message = this.#maker.make({ ...given, topic });
    return this.#world.topics.tell({ message, format: options.format }, [message]);
  }

  /** The endpoints the node offers, and how to call them. */
  get http(): { readonly routes: readonly HttpRoute[]; call(request: TestRequest): Promise<TestAnswer> } {
    const { http } = this.#world;
    return {
      routes: http.routes,
      call: (request) => runInScope({ messages: [], emits: [] }, () => http.call(request)),
    };
  }

  /** What the node says of itself; healthy when it says nothing. */
  async health(): Promise<Health> {
    return (await this.#running.health?.()) ?? { healthy: true };
  }

  /** Stops it as the engine does: signal, `close`, then whatever is still open is given up (and would come again). */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What a closed node left behind: timers, routes, listeners. Empty when it cleaned up after itself. */
  get leaks(): readonly string[] {
    const { clock, http, topics } = this.#world;
    return [
      ...(clock.pending > 0 ? [`${clock.pending} timers`] : []),
      ...(http.routes.length > 0 ? [`${http.routes.length} routes`] : []),
      ...(topics.size > 0 ? [`${topics.size} subscriptions`] : []),
    ];
  }

  async #close(): Promise<void> {
    const { stop, timers, failures, changes } = this.#world;
    this.#deliveries.stopIntake();
    stop.abort();
    timers.stop();
    try {
      await runInScope({ messages: [], emits: [] }, () => this.#running.close?.());
    } finally {
      this.#deliveries.abandon();
      failures.clear();
      changes.clear();
      await settle();
    }
  }

  #other(): NodeFailure["node"] {
    return { flow: this.#world.context.node.flow, id: "other", title: "Other", type: "script" };
  }
}

function handlersOf(definition: AnyNodeDefinition, running: Running): Record<string, Handler | BatchHandler> {
  const handlers: Record<string, Handler | BatchHandler> = {};
  for (const port of Object.keys(definition.inputs)) {
    const handler: unknown = Reflect.get(running, port);
    if (isHandler(handler)) handlers[port] = handler;
  }
  return handlers;
}

function isHandler(value: unknown): value is Handler | BatchHandler {
  return typeof value === "function" || (value !== null && typeof value === "object" && "handle" in value);
}
