// An engine as the admin API sees it, small and in memory: flows and topics are lists, nothing runs.
import type {
  DeployRequest,
  FlowDetail,
  NodeDetail,
  NodeTypeInfo,
  Problem,
  RevisionSummary,
  TopicMessage,
} from "../../engine/admin/api.ts";
import { defineError } from "../../engine/base/errors/error.ts";
import type { EngineControl, LiveEvent } from "../../engine/control.ts";

const noSuchFlow = defineError<string>({
  code: "test/no-such-flow",
  status: 404,
  explain: "",
  message: (name) => `There is no flow "${name}".`,
});
const stale = defineError<void>({
  code: "test/stale",
  status: 409,
  explain: "",
  message: () => "The flow was deployed in the meantime.",
});
const invalid = defineError<void>({
  code: "test/invalid",
  status: 422,
  explain: "",
  message: () => "The flow has errors.",
});

interface StoredFlow {
  readonly revisions: { summary: RevisionSummary; detail: FlowDetail }[];
  state: "running" | "stopped";
}

export interface TestEngine extends EngineControl {
  /** What was asked that has no other trace: injects, starts, stops. */
  readonly calls: unknown[];
  /** Sends to everyone who watches the room. */
  tell(room: string, event: LiveEvent): void;
  /** How often each room is watched now. */
  watching(room: string): number;
  isReady: boolean;
  /** Thrown by `health`, when set. */
  failure: Error | undefined;
}

export const debugType: NodeTypeInfo = {
  type: "debug",
  title: "Debug",
  summary: "Shows messages.",
  category: "flow",
  icon: "bug",
  color: "teal",
  config: { type: "object" },
  inputs: { in: {} },
  outputs: {},
  outputsFrom: [],
  openOutputs: false,
  source: false,
  package: "@millrace/nodes-core",
  version: "0.1.0",
  docs: "",
};

export function createTestEngine(): TestEngine {
  const flows = new Map<string, StoredFlow>();
  const topics = new Map<string, TopicMessage[]>();
  const rooms = new Map<string, Set<(event: LiveEvent) => void>>();
  const calls: unknown[] = [];

  const flowOf = (name: string) => {
    const flow = flows.get(name);
    if (!flow) throw noSuchFlow(name, { place: { flow: name } });
    return flow;
  };
  const newest = (name: string) => {
    const last = flowOf(name).revisions.at(-1);
    if (!last) throw noSuchFlow(name);
    return last.detail;
  };
  const problemsOf = (request: DeployRequest): Problem[] =>
    Object.entries(request.flow.nodes ?? {})
      .filter(([, node]) => node.type !== "debug")
      .map(([id, node]) => ({
        severity: "error",
        code: "test/type",
        message: `Node type "${node.type}" is not installed.`,
        path: `/nodes/${id}/type`,
        node: id,
      }));

  const engine: TestEngine = {
    id: "engine-1",
    version: "0.1.0",
    calls,
    isReady: true,
    failure: undefined,
    doctor: async () => ({ status: "sound", time: 0, findings: [] }),
    metrics: async () => "millrace_flow_up 1\n",
    leftOut: (count) => void calls.push(["left-out", count]),
    flows: () =>
      [...flows].map(([name, flow]) => ({
        name,
        title: newest(name).flow.title ?? name,
        revision: newest(name).revision,
        state: flow.state,
        nodes: Object.keys(newest(name).flow.nodes ?? {}).length,
        problems: 0,
      })),
    flow: async (name) => newest(name),
    validate: async (_name, request) => problemsOf(request),
    async deploy(name, request, author) {
      const known = flows.get(name);
      const current = known?.revisions.length ?? 0;
      if (request.baseRevision !== undefined && request.baseRevision !== current) {
        throw stale(undefined, { details: { ...(known ? newest(name) : {}) } });
      }
      const problems = problemsOf(request);
      if (problems.length > 0) throw invalid(undefined, { details: { problems } });
      const flow: StoredFlow = known ?? { revisions: [], state: "running" };
      flows.set(name, flow);
      const revision = current + 1;
      flow.revisions.push({
        summary: { revision, time: revision * 1000, author, note: request.note ?? "" },
        detail: {
          name,
          revision,
          flow: request.flow,
          layout: request.layout ?? {},
          files: request.files ?? {},
        },
      });
      return {
        revision,
        started: Object.keys(request.flow.nodes ?? {}),
        stopped: [],
        kept: [],
        problems: [],
      };
    },
    async remove(name, author) {
      flowOf(name);
      flows.delete(name);
      calls.push(["remove", name, author]);
    },
    async startFlow(name) {
      flowOf(name).state = "running";
    },
    async stopFlow(name) {
      flowOf(name).state = "stopped";
    },
    revisions: async (name) =>
      flowOf(name)
        .revisions.map(({ summary }) => summary)
        .reverse(),
    async revision(name, revision) {
      const found = flowOf(name).revisions[revision - 1];
      if (!found) throw noSuchFlow(`${name}@${revision}`);
      return found.detail;
    },
    async rollback(name, revision, author) {
      const { flow, layout, files } = await engine.revision(name, revision);
      return engine.deploy(name, { flow, layout, files, note: `back to ${revision}` }, author);
    },
    node(flow, id): NodeDetail {
      const node = newest(flow).flow.nodes?.[id];
      if (!node) throw noSuchFlow(`${flow}/${id}`);
      return {
        id,
        type: node.type,
        title: node.title ?? id,
        state: "running",
        status: { text: "", level: "idle" },
        startedAt: 1,
        counts: { received: 0, settled: 0, failed: 0, retried: 0, emitted: 0 },
        errors: [],
      };
    },
    async inject(flow, node, request) {
      engine.node(flow, node);
      calls.push(["inject", flow, node, request]);
    },
    async topic(flow, topic) {
      const length = topics.get(`${flow} ${topic}`)?.length ?? 0;
      return { delivery: "stream", length, groups: [], rate: 0, dropped: 0, voided: 0, handled: [] };
    },
    async messages(flow, topic, options) {
      calls.push(["messages", flow, topic, options]);
      return { messages: (topics.get(`${flow} ${topic}`) ?? []).slice(0, options.limit), next: null };
    },
    async deadLetters(flow, topic, options) {
      calls.push(["dead", flow, topic, options]);
      return { messages: [], next: null };
    },
    async retryDeadLetters(flow, topic, request) {
      calls.push(["retry", flow, topic, request]);
      return { count: 1 };
    },
    async discardDeadLetters(flow, topic, request) {
      calls.push(["discard", flow, topic, request]);
      return { count: 2 };
    },
    async replay(flow, topic, request) {
      calls.push(["replay", flow, topic, request]);
      return { count: 3 };
    },
    async publish(flow, topic, messages) {
      flowOf(flow);
      const kept = topics.get(`${flow} ${topic}`) ?? [];
      topics.set(`${flow} ${topic}`, kept);
      return messages.map(({ payload, attributes = {} }) => {
        const entry = `${kept.length + 1}-0`;
        const id = `m${entry}`;
        kept.push({ entry, id, time: 1, source: "api", correlationId: id, attributes, attempt: 1, payload });
        return id;
      });
    },
    types: () => [debugType],
    engines: async () => [
      {
        id: "engine-1",
        version: "0.1.0",
        host: "here",
        pid: 1,
        startedAt: 1,
        flows: [...flows.keys()],
        self: true,
      },
    ],
    health() {
      if (engine.failure) throw engine.failure;
      return { status: "healthy", time: 1, components: [{ name: "backend", healthy: true, text: "" }] };
    },
    async acceptBackend() {
      if (engine.failure) throw engine.failure;
    },
    ready: () => ({ ready: engine.isReady, text: engine.isReady ? "ready" : "the backend is down" }),
    async watch(room, listener) {
      const [kind, flow] = room.split(":");
      if (!["status", "debug", "stats", "tap", "log", "engines", "deploy"].includes(kind ?? "")) {
        throw noSuchFlow(room);
      }
      const listeners = rooms.get(room) ?? new Set();
      rooms.set(room, listeners.add(listener));
      if (kind === "status") {
        const status = {
          flow: flow ?? "",
          node: "first",
          state: "running",
          text: "known",
          level: "ok",
          time: 1,
        } as const;
        listener({ name: "node-status", data: status });
      }
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    tell(room, event) {
      for (const listener of rooms.get(room) ?? []) listener(event);
    },
    watching: (room) => rooms.get(room)?.size ?? 0,
  };
  return engine;
}
