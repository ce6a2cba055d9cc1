// What may be asked of a running engine: the admin API and the CLI know it by this interface only.
// Every method throws a MillraceError of the catalogue (with its HTTP status) when it refuses.
import type {
  ClientToServerEvents,
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
  ServerToClientEvents,
  TopicDetail,
  TopicMessages,
} from "./admin/api.ts";

export type { ClientToServerEvents };

/** One event of a live room: the name and argument that the socket sends. */
export type LiveEvent = {
  [E in keyof ServerToClientEvents]: {
    readonly name: E;
    readonly data: Parameters<ServerToClientEvents[E]>[0];
  };
}[keyof ServerToClientEvents];

export interface EngineControl {
  readonly id: string;
  readonly version: string;

  flows(): FlowSummary[];
  /** The newest revision. */
  flow(name: string): Promise<FlowDetail>;
  validate(name: string, request: DeployRequest): Promise<Problem[]>;
  /**
   * Refuses with status 409 when `baseRevision` is not the newest (`details`: a FlowDetail), with 422 when the flow
   * has errors (`details.problems`).
   */
  deploy(name: string, request: DeployRequest, author: string): Promise<DeployResult>;
  remove(name: string, author: string): Promise<void>;
  startFlow(name: string): Promise<void>;
  stopFlow(name: string): Promise<void>;
  /** Newest first. */
  revisions(name: string): Promise<RevisionSummary[]>;
  revision(name: string, revision: number): Promise<FlowDetail>;
  rollback(name: string, revision: number, author: string): Promise<DeployResult>;

  node(flow: string, node: string): NodeDetail;
  /** Resolves when the node's input has taken the message, or the source has fired. */
  inject(flow: string, node: string, request: InjectRequest): Promise<void>;

  topic(flow: string, topic: string): Promise<TopicDetail>;
  messages(
    flow: string,
    topic: string,
    options: { from?: string; to?: string; limit: number },
  ): Promise<TopicMessages>;
  /** Resolves with the messages' ids after the topic has them. */
  publish(
    flow: string,
    topic: string,
    messages: readonly { payload: unknown; attributes?: Readonly<Record<string, string>> }[],
  ): Promise<string[]>;

  /** Messages of the topic that were given up, oldest first; without `from`: the newest. */
  deadLetters(
    flow: string,
    topic: string,
    options: { from?: string; to?: string; limit: number },
  ): Promise<TopicMessages>;
  /** Back to the topic, for the reader that had given them up, with fresh attempts. Each once. */
  retryDeadLetters(flow: string, topic: string, request: RetryRequest): Promise<MessageCount>;
  discardDeadLetters(flow: string, topic: string, request: DiscardRequest): Promise<MessageCount>;
  /** Publishes kept messages again as they are, to all readers or to one. */
  replay(flow: string, topic: string, request: ReplayRequest): Promise<MessageCount>;

  /** By category, then title. */
  types(): NodeTypeInfo[];
  engines(): Promise<EngineInfo[]>;
  health(): HealthReport;
  /**
   * A person says that the backend is right although it lost data that the engine knows (`backend/redis-emptied`): it
   * is written again from now on, and begins with the flows as they run here.
   */
  acceptBackend(): Promise<void>;
  /** Flows run and the backend answers. */
  ready(): { ready: boolean; text: string };

  /** Whether the invariants of the system hold. */
  doctor(): Promise<DoctorReport>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** So many live events were not shown to somebody who watched. */
  leftOut(count: number): void;

  /**
   * Hears a live room. What should be known at once (the last status of each node) is sent before the promise
   * resolves. Throws for a room that does not exist.
   */
  watch(room: string, listener: (event: LiveEvent) => void): Promise<Disposable>;
}
