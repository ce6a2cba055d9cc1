// What may be asked of this engine (control.ts), answered from its parts. Holds nothing of its own.
import { closest } from "fastest-levenshtein";
import type {
  DeployRequest,
  DeployResult,
  DiscardRequest,
  DoctorReport,
  EngineInfo,
  FlowDetail,
  FlowSummary,
  HealthReport,
  InjectRequest,
  MessageCount,
  NodeDetail,
  NodeTypeInfo,
  Problem,
  ReplayRequest,
  RetryRequest,
  RevisionSummary,
  TopicDetail,
  TopicMessages,
} from "./admin/api.ts";
import type { Backend } from "./backend/backend.ts";
import { invalidRequest } from "./base/errors/admin.ts";
import { MillraceError } from "./base/errors/error.ts";
import { notAStream, unknownTopic } from "./base/errors/topics.ts";
import type { EngineControl, LiveEvent } from "./control.ts";
import type { DeployOutcome } from "./deploy/deployer.ts";
import type { FlowSet } from "./deploy/flow-set.ts";
import type { Planner } from "./deploy/planner.ts";
import type { FlowBundle } from "./flow/index.ts";
import type { Members } from "./health/members.ts";
import { publishFromOutside } from "./runtime/outside.ts";
import { discardLetters, type Letters, retryLetters } from "./topics/dead-letters.ts";
import { StreamTopic } from "./topics/stream.ts";
import type { Topic } from "./topics/topic.ts";
import { describeType } from "./view/describe-type.ts";
import { healthReport } from "./view/health-report.ts";
import { parseRoom } from "./view/rooms.ts";
import { countsOf } from "./view/stats.ts";
import { topicDetail, topicMessages } from "./view/topic-detail.ts";

/** A message for a node that another engine runs. */
export interface InjectErrand {
  readonly flow: string;
  readonly node: string;
  readonly request: InjectRequest;
}

export interface EngineParts {
  readonly id: string;
  readonly version: string;
  readonly backend: Backend;
  readonly flows: FlowSet;
  readonly planner: Planner;
  readonly members: Members;
  /** Has another engine do what only it can do now. */
  readonly ask: (engine: string, errand: InjectErrand) => Promise<void>;
  readonly doctor: () => Promise<DoctorReport>;
  readonly metrics: { text(): Promise<string> };
  readonly watch: (room: string, listener: (event: LiveEvent) => void) => Disposable;
}

export class Operations implements EngineControl {
  /** Live events that were not shown, since there were too many. */
  liveLeftOut = 0;
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#parts.id;
  }

  get version(): string {
    return this.#parts.version;
  }

  flows(): FlowSummary[] {
    return this.#parts.flows.all().map((deployer) => ({
      name: deployer.name,
      title: deployer.bundle.flow.title ?? deployer.name,
      revision: deployer.revision,
      state: deployer.state,
      nodes: Object.keys(deployer.bundle.flow.nodes ?? {}).length,
      problems: deployer.problems.length,
    }));
  }

  async flow(name: string): Promise<FlowDetail> {
    const deployer = this.#parts.flows.get(name);
    return { name, revision: deployer.revision, ...deployer.bundle };
  }

  async validate(name: string, request: DeployRequest): Promise<Problem[]> {
    const known = this.#parts.flows.find(name);
    if (known) return known.validate(bundleOf(request, known.bundle));
    const deployer = this.#parts.flows.getOrCreate(name);
    try {
      return await deployer.validate(bundleOf(request, deployer.bundle));
    } finally {
      await this.#parts.flows.discard(name);
    }
  }

  async deploy(name: string, request: DeployRequest, author: string): Promise<DeployResult> {
    const deployer = this.#parts.flows.getOrCreate(name);
    try {
      const bundle = bundleOf(request, deployer.bundle);
      const { baseRevision, note = "" } = request;
      return resultOf(await deployer.deploy({ bundle, baseRevision, author, note }));
    } catch (error) {
      await this.#parts.flows.discard(name);
      if (isConflict(error)) Object.assign(error.details, await this.flow(name).catch(() => ({})));
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await this.#parts.flows.remove(name);
  }

  async startFlow(name: string): Promise<void> {
    await this.#parts.flows.get(name).start();
  }

  async stopFlow(name: string): Promise<void> {
    await this.#parts.flows.get(name).stop();
  }

  async revisions(name: string): Promise<RevisionSummary[]> {
    this.#parts.flows.get(name);
    const list = await this.#parts.backend.revisions.list(name);
    return list.map(({ revision, time, author, note }) => ({ revision, time, author, note }));
  }

  async revision(name: string, revision: number): Promise<FlowDetail> {
    const stored = await this.#parts.flows.get(name).stored(revision);
    return { name, revision, ...(JSON.parse(stored.bundle) as FlowBundle) };
  }

  async rollback(name: string, revision: number, author: string): Promise<DeployResult> {
    return resultOf(await this.#parts.flows.get(name).rollback(revision, author));
  }

  node(flow: string, node: string): NodeDetail {
    const runner = this.#parts.flows.get(flow).running().node(node);
    const { id, type, title } = runner.planned;
    const { state, status, startedAt, errors } = runner;
    return { id, type, title, state, status, startedAt, counts: countsOf(runner), errors };
  }

  async inject(flow: string, node: string, request: InjectRequest): Promise<void> {
    try {
      await this.#parts.flows.get(flow).running().inject(node, request);
    } catch (error) {
      const engine = engineThatHoldsIt(error);
      if (engine === undefined) throw error;
      await this.#parts.ask(engine, { flow, node, request });
    }
  }

  async topic(flow: string, name: string): Promise<TopicDetail> {
    return topicDetail(this.#topic(flow, name));
  }

  async messages(
    flow: string,
    name: string,
    options: { from?: string; to?: string; limit: number },
  ): Promise<TopicMessages> {
    return topicMessages(this.#topic(flow, name), options);
  }

  async publish(
    flow: string,
    name: string,
    messages: readonly { payload: unknown; attributes?: Readonly<Record<string, string>> }[],
  ): Promise<string[]> {
    return publishFromOutside(this.#topic(flow, name), messages);
  }

  async deadLetters(
    flow: string,
    name: string,
    options: { from?: string; to?: string; limit: number },
  ): Promise<TopicMessages> {
    const { dead } = this.#streamWithDead(flow, name);
    return dead ? topicMessages(dead, options) : { messages: [], next: null };
  }

  async retryDeadLetters(flow: string, name: string, request: RetryRequest): Promise<MessageCount> {
    const { stream, dead } = this.#streamWithDead(flow, name);
    if ("payload" in request && (request.ids === "all" || request.ids.length !== 1)) {
      throw invalidRequest({ problems: ['"payload" goes with exactly one id in "ids".'] });
    }
    return { count: dead ? await retryLetters(this.#lettersOf(dead), stream.origin, request) : 0 };
  }

  async discardDeadLetters(flow: string, name: string, request: DiscardRequest): Promise<MessageCount> {
    const { dead } = this.#streamWithDead(flow, name);
    return { count: dead ? await discardLetters(this.#lettersOf(dead), request.ids) : 0 };
  }

  async replay(flow: string, name: string, request: ReplayRequest): Promise<MessageCount> {
    const { stream } = this.#streamWithDead(flow, name);
    return { count: await stream.replay(request) };
  }

  types(): NodeTypeInfo[] {
    return this.#parts.planner.known().map(describeType);
  }

  engines(): Promise<EngineInfo[]> {
    return this.#parts.members.list();
  }

  health(): HealthReport {
    return healthReport(this.#parts.backend.health(), this.#parts.flows.all());
  }

  async acceptBackend(): Promise<void> {
    await this.#parts.backend.accept(() => this.#parts.flows.restore());
  }

  ready(): { ready: boolean; text: string } {
    const backend = this.#parts.backend.health();
    if (!backend.up) return { ready: false, text: `The backend does not answer: ${backend.text}` };
    if (!this.#parts.flows.started) return { ready: false, text: "The flows are being started." };
    const held = this.#parts.flows.all().filter(({ isHeld }) => isHeld);
    if (held.length > 0) {
      const names = held.map(({ name }) => name).join(", ");
      return { ready: false, text: `Safe mode: these flows do not run: ${names}. Repair and start them.` };
    }
    const invalid = this.#parts.flows.all().filter(({ state }) => state === "invalid");
    if (invalid.length === 0) return { ready: true, text: "All flows run." };
    return { ready: false, text: `These flows do not run: ${invalid.map(({ name }) => name).join(", ")}.` };
  }

  doctor(): Promise<DoctorReport> {
    return this.#parts.doctor();
  }

  metrics(): Promise<string> {
    return this.#parts.metrics.text();
  }

  leftOut(count: number): void {
    this.liveLeftOut += count;
  }

  async watch(room: string, listener: (event: LiveEvent) => void): Promise<Disposable> {
    const { flow } = parseRoom(room);
    if (flow !== "") this.#parts.flows.get(flow);
    return this.#parts.watch(room, listener);
  }

  #streamWithDead(flow: string, name: string): { stream: StreamTopic; dead: StreamTopic | undefined } {
    const stream = this.#topic(flow, name);
    if (!(stream instanceof StreamTopic)) {
      throw notAStream({ topic: name, delivery: stream.planned.delivery });
    }
    const dead = this.#parts.flows
      .get(flow)
      .running()
      .topics.get(stream.planned.deadLetter ?? "");
    return { stream, dead: dead instanceof StreamTopic ? dead : undefined };
  }

  #lettersOf({ address, codec }: StreamTopic): Letters {
    return { streams: this.#parts.backend.streams, address, codec };
  }

  #topic(flow: string, name: string): Topic {
    const { topics } = this.#parts.flows.get(flow).running();
    const topic = topics.get(name);
    if (topic) return topic;
    const names = [...topics.all()].map(({ planned }) => planned.name);
    throw unknownTopic({ topic: name, suggestion: names.length > 0 ? closest(name, names) : undefined });
  }
}

/** What a request leaves out stays as it is. */
function bundleOf(request: DeployRequest, current: FlowBundle): FlowBundle {
  return {
    flow: request.flow,
    layout: request.layout ?? current.layout,
    files: request.files ?? current.files,
  };
}

function resultOf({ revision, diff, problems }: DeployOutcome): DeployResult {
  return { revision, started: diff.start, stopped: diff.stop, kept: diff.keep, problems };
}

function engineThatHoldsIt(error: unknown): string | undefined {
  const isElsewhere = error instanceof MillraceError && error.code === "cluster/held-elsewhere";
  return isElsewhere && typeof error.details.engine === "string" ? error.details.engine : undefined;
}

function isConflict(error: unknown): error is { details: Record<string, unknown> } {
  return error instanceof Error && "status" in error && error.status === 409 && "details" in error;
}
