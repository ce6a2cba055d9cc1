// Runs one flow: its topics, the wires between topics and inboxes, its nodes. A deploy hands it the next plan; what
// does not change goes on as if nothing had happened, and what waits in topics and inboxes stays there.
import type { NodeFailure, NodeStatusEvent } from "@millrace/sdk";
import type { Backend } from "../backend/backend.ts";
import { nodeNotRunning, notASource, unknownInput, unknownNode } from "../base/errors/runtime.ts";
import { failpoint } from "../base/failpoints.ts";
import type { Ownership } from "../cluster/ownership.ts";
import { diffPlans, type PlanDiff } from "../flow/index.ts";
import type { Plan, PlannedInput, PlannedNode } from "../flow/plan.ts";
import { EngineMessage } from "../topics/engine-message.ts";
import { Inbox } from "../topics/inbox.ts";
import { randomWords } from "../topics/message-id.ts";
import type { Quarantine } from "../topics/quarantine.ts";
import { StreamTopic } from "../topics/stream.ts";
import { TopicSpace } from "../topics/topic-space.ts";
import { NodeRunner } from "./node-runner.ts";
import type { FlowParts, Powers } from "./powers.ts";
import { Singleton } from "./singleton.ts";
import { Watchers } from "./watchers.ts";

export interface FlowRuntimeOptions {
  readonly flow: string;
  readonly powers: Powers;
  readonly backend: Backend;
  readonly engineId: string;
  readonly bootId: string;
  readonly drainTimeoutMs: number;
  /** Who has what only one engine may have; undefined: this is the only engine. */
  readonly ownership?: Ownership;
  /** Boots of engines that are gone (`<engine>:<boot>`): what they had pending is this engine's to take over. */
  readonly gone?: () => readonly string[];
  /** Shared by all flows of the engine; undefined: this flow's own. */
  readonly quarantine?: Quarantine;
}

/** One input of one node on one topic. */
interface Wire {
  readonly node: string;
  readonly inbox: Inbox;
  readonly topic: string;
  /** Fingerprint of the topic it was laid to. */
  readonly fingerprint: string;
  readonly close: () => Promise<void>;
}

export class FlowRuntime implements AsyncDisposable {
  /** Messages that waited in memory topics when their wire went or the flow stopped: they come from nowhere again. */
  discarded = 0;
  readonly #options: FlowRuntimeOptions;
  readonly #parts: FlowParts;
  readonly #runners = new Map<string, NodeRunner>();
  readonly #wires = new Map<string, Wire>();
  /** Wires to streams whose group is known to have been there: one that is missing later has vanished. */
  readonly #grouped = new Set<string>();
  /** Nodes that run on one engine at a time. */
  readonly #singletons = new Map<string, Singleton>();
  readonly #injections = new Map<string, Inbox>();
  #drainTimeoutMs: number;
  #plan: Plan | undefined;
  /** Of the plan, where these are counted. */
  #revision: number | undefined;
  #work: Promise<unknown> = Promise.resolve();
  readonly #duringDeploy = failpoint("during-deploy");

  constructor(options: FlowRuntimeOptions) {
    const { flow, backend, powers, engineId, bootId } = options;
    this.#options = options;
    this.#drainTimeoutMs = options.drainTimeoutMs;
    this.#parts = {
      flow,
      topics: new TopicSpace({
        flow,
        backend,
        clock: powers.clock,
        log: powers.log.with({ flow }),
        engineId,
        bootId,
        ...(options.gone && { gone: options.gone }),
        ...(options.quarantine && { quarantine: options.quarantine }),
        ...(options.ownership && { ownership: options.ownership }),
      }),
      failures: new Watchers<NodeFailure>(),
      statuses: new Watchers<NodeStatusEvent>(),
      ownership: options.ownership,
      drainTimeoutMs: options.drainTimeoutMs,
    };
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  get topics(): TopicSpace {
    return this.#parts.topics;
  }

  runners(): Iterable<NodeRunner> {
    return this.#runners.values();
  }

  node(id: string): NodeRunner {
    const runner = this.#runners.get(id);
    if (!runner) throw unknownNode({ flow: this.#options.flow, node: id });
    return runner;
  }

  /**
   * Goes over to a plan, which is the `revision` of the flow where these are counted; one after the other. Resolves with
   * what was changed when the changed nodes have started, and nothing reads for the plan before any more.
   */
  apply(plan: Plan, revision?: number): Promise<PlanDiff> {
    const applied = this.#work.then(() => this.#apply(plan, revision));
    this.#work = applied.catch(() => undefined);
    return applied;
  }

  /** What runs was stored anew, as another revision. */
  renumber(revision: number): void {
    this.#revision = revision;
    this.#parts.topics.renumber(revision);
  }

  /** Hands a message to an input, or fires a source. */
  async inject(
    nodeId: string,
    request: { port?: string; payload?: unknown; attributes?: Readonly<Record<string, string>> },
  ): Promise<void> {
    const runner = this.node(nodeId);
    const ports = Object.keys(runner.planned.definition?.inputs ?? {});
    if (request.port === undefined && (ports.length === 0 || runner.planned.definition?.manual === true)) {
      if (!(await runner.fire(request.payload))) throw notASource({ node: nodeId });
      return;
    }
    const port = request.port ?? ports[0] ?? "";
    if (!ports.includes(port)) throw unknownInput({ node: nodeId, port, ports });
    await runner.mustBeHere();
    if (runner.state !== "running") throw nodeNotRunning({ node: nodeId, state: runner.state });
    const time = this.#options.powers.clock.now();
    await this.#injection(nodeId, port).push(
      new EngineMessage({
        topic: "",
        time,
        source: "",
        correlation: undefined,
        attributes: request.attributes ?? {},
        attempt: 1,
        payload: request.payload,
        trees: undefined,
        isRoot: false,
        id: randomWords(time),
      }),
    );
  }

  /**
   * A boot of another engine, `<engine>:<boot>`, is gone for good: what it had pending is taken over. True when nothing
   * of it is left; ask again until then.
   */
  takeOver(consumer: string): boolean {
    return this.#parts.topics.takeOver(consumer);
  }

  /**
   * Gives up everything at once: nothing that is under way will take effect, what came from durable topics comes again,
   * here or elsewhere. To be disposed of right after.
   */
  abandon(): void {
    this.#drainTimeoutMs = 0;
    for (const wire of this.#wires.values()) {
      this.#streamOf(wire.topic)?.pauseReading(wire.node);
      this.#streamOf(wire.topic)?.abandon(wire.node);
    }
  }

  /** Drains and closes everything; what waits in durable topics stays there. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work;
    await Promise.all([this.#stopNodes([...this.#runners.keys()]), this.#handOverSingletons()]);
    const wires = [...this.#wires.values()];
    this.#wires.clear();
    for (const wire of wires) this.discarded += wire.inbox.discard();
    await this.#closeWires(wires);
    await this.#parts.topics[Symbol.asyncDispose]();
  }

  async #apply(plan: Plan, revision: number | undefined): Promise<PlanDiff> {
    const diff = diffPlans(this.#plan, plan);
    await this.#stopNodes(diff.stop);
    await this.#letGoOfSingletons(plan.nodes);
    const carried = new Map<string, Inbox>();
    const gone = this.#takeGoneWires(plan, carried);
    // Streams that changed are read anew by others: what the old readers have under way comes again there.
    for (const wire of gone)
      if (this.#topicChanged(plan, wire)) this.#streamOf(wire.topic)?.abandon(wire.node);
    const closing = this.#closeWires(gone);
    if (diff.topics.changed.length > 0 || diff.topics.removed.length > 0) await closing;
    if (revision !== undefined && this.#revision === undefined) this.#parts.topics.renumber(0);
    await this.#parts.topics.update(plan);
    this.#plan = plan;
    if (this.#duringDeploy) await this.#duringDeploy();
    await this.#prepareStreams(plan, revision);
    // Not before: a reader that goes on must not take a group for vanished that a revision between has removed.
    if (revision !== undefined) this.renumber(revision);
    for (const node of plan.nodes.values()) await this.#layWires(node, carried);
    await this.#startNodes(diff.start.flatMap((id) => plan.nodes.get(id) ?? []));
    await closing;
    return diff;
  }

  async #stopNodes(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#pauseReading(id);
    await Promise.all(ids.map((id) => this.#runners.get(id)?.stop(this.#drainTimeoutMs)));
    for (const id of ids) this.#runners.delete(id);
  }

  /** Those with inputs first: when the sources start, everyone listens. */
  async #startNodes(nodes: readonly PlannedNode[]): Promise<void> {
    const runners = nodes.map((planned) => {
      const runner = new NodeRunner({
        planned,
        powers: this.#options.powers,
        parts: this.#parts,
        singleton: this.#singletonOf(planned),
        inboxes: this.#inboxesOf(planned),
        onRunning: () => this.#resumeReading(planned.id),
        onStandBy: () => this.#pauseReading(planned.id),
      });
      this.#runners.set(planned.id, runner);
      return runner;
    });
    await Promise.all(runners.filter((runner) => !runner.isSource).map((runner) => runner.start()));
    await Promise.all(runners.filter((runner) => runner.isSource).map((runner) => runner.start()));
  }

  #singletonOf({ id, definition }: PlannedNode): Singleton | undefined {
    const { ownership, flow } = this.#parts;
    if (!ownership || definition?.placement !== "one") return undefined;
    const singleton = this.#singletons.get(id) ?? new Singleton({ ownership, flow, node: id });
    this.#singletons.set(id, singleton);
    return singleton;
  }

  /** Nodes that are no more, or run everywhere now: other engines may have them at once. */
  async #letGoOfSingletons(nodes: ReadonlyMap<string, PlannedNode>): Promise<void> {
    for (const [id, singleton] of this.#singletons) {
      if (nodes.get(id)?.definition?.placement === "one") continue;
      this.#singletons.delete(id);
      await singleton[Symbol.asyncDispose]();
    }
  }

  /** Each as soon as its node has ended, however long the others take. */
  async #handOverSingletons(): Promise<void> {
    const singletons = [...this.#singletons];
    this.#singletons.clear();
    const handOver = async ([id, singleton]: [string, Singleton]) => {
      await this.#runners.get(id)?.stop(this.#drainTimeoutMs);
      await singleton[Symbol.asyncDispose]();
    };
    await Promise.all(singletons.map(handOver));
  }

  #inboxesOf(node: PlannedNode): Inbox[] {
    const wired = [...this.#wires.values()].filter((wire) => wire.node === node.id).map((wire) => wire.inbox);
    const ports = Object.keys(node.definition?.inputs ?? {});
    return [...wired, ...ports.map((port) => this.#injection(node.id, port))];
  }

  /** What people hand to an input waits apart from its topics. */
  #injection(node: string, port: string): Inbox {
    const key = `${node}\n${port}`;
    const inbox = this.#injections.get(key) ?? new Inbox({ topic: "", port, limit: 1_000, overflow: "wait" });
    this.#injections.set(key, inbox);
    return inbox;
  }

  #resumeReading(node: string): void {
    for (const wire of this.#wires.values()) {
      if (wire.node === node) this.#streamOf(wire.topic)?.resumeReading(node);
    }
  }

  #pauseReading(node: string): void {
    for (const wire of this.#wires.values()) {
      if (wire.node === node) this.#streamOf(wire.topic)?.pauseReading(node);
    }
  }

  /** Groups first: what is published from now on waits for them. */
  async #prepareStreams(plan: Plan, revision: number | undefined): Promise<void> {
    const asOf = revision === undefined ? undefined : { flow: this.#options.flow, revision };
    // A revision between may have removed any of them, and this one wants them anew.
    if (revision !== undefined && this.#revision !== undefined && revision > this.#revision + 1)
      this.#grouped.clear();
    for (const node of plan.nodes.values()) {
      for (const { key, input } of wiresOf(node)) {
        const stream = this.#streamOf(input.topic);
        if (!stream) continue;
        const from = this.#grouped.has(key) ? "start" : input.from;
        if (await stream.prepare(node.id, from, asOf)) this.#grouped.add(key);
      }
    }
  }

  async #layWires(node: PlannedNode, carried: ReadonlyMap<string, Inbox>): Promise<void> {
    for (const { key, port, input } of wiresOf(node)) {
      const topic = this.#parts.topics.get(input.topic);
      if (!topic || this.#wires.has(key)) continue;
      const { planned } = topic;
      // What is taken from a stream is bounded by its reader, and must not be dropped: it would count as handled.
      const rules =
        topic instanceof StreamTopic
          ? ({ limit: Number.POSITIVE_INFINITY, overflow: "wait" } as const)
          : { limit: planned.limit, overflow: planned.overflow };
      const inbox = carried.get(key) ?? new Inbox({ topic: planned.name, port, ...rules });
      Object.assign(inbox, rules);
      const handle = await topic.subscribe({ node: node.id, inbox, from: input.from });
      this.#wires.set(key, {
        node: node.id,
        inbox,
        topic: planned.name,
        fingerprint: planned.fingerprint,
        close: async () => handle[Symbol.asyncDispose](),
      });
    }
  }

  /** Wires that the plan does not have any more, or lays to a topic that has changed: of those the inbox is kept. */
  #takeGoneWires(plan: Plan, carried: Map<string, Inbox>): Wire[] {
    const wanted = new Set([...plan.nodes.values()].flatMap((node) => wiresOf(node).map(({ key }) => key)));
    const gone: Wire[] = [];
    for (const [key, wire] of this.#wires) {
      if (wanted.has(key) && !this.#topicChanged(plan, wire)) continue;
      this.#wires.delete(key);
      this.#grouped.delete(key);
      if (wanted.has(key)) carried.set(key, wire.inbox);
      else this.discarded += wire.inbox.discard();
      gone.push(wire);
    }
    return gone;
  }

  #topicChanged(plan: Plan, wire: Wire): boolean {
    return plan.topics.get(wire.topic)?.fingerprint !== wire.fingerprint;
  }

  /** Readers let what is under way finish, up to the drain timeout; the rest comes again. */
  async #closeWires(wires: readonly Wire[]): Promise<void> {
    const { clock } = this.#options.powers;
    const closed = Promise.all(wires.map((wire) => wire.close()));
    const timer = clock.schedule(this.#drainTimeoutMs, () => {
      for (const wire of wires) this.#streamOf(wire.topic)?.abandon(wire.node);
    });
    await closed;
    timer.cancel();
  }

  #streamOf(topic: string): StreamTopic | undefined {
    const found = this.#parts.topics.get(topic);
    return found instanceof StreamTopic ? found : undefined;
  }
}

function wiresOf(node: PlannedNode): { key: string; port: string; input: PlannedInput }[] {
  return [...node.inputs].flatMap(([port, inputs]) =>
    inputs.map((input) => ({ key: `${node.id}\n${port}\n${input.topic}`, port, input })),
  );
}
