// The engine's HTTP API as functions. Same origin; the session cookie says who we are.
import type {
  DeployRequest,
  DeployResult,
  EngineInfo,
  FlowDetail,
  FlowSummary,
  HealthReport,
  InjectRequest,
  Me,
  NodeDetail,
  NodeTypeInfo,
  PublishRequest,
  RevisionSummary,
  TopicDetail,
  TopicMessages,
  ValidateResult,
} from "../../engine/admin/api.ts";
import { request } from "./request.ts";

export interface Api {
  me(): Promise<Me>;
  login(token: string): Promise<Me>;
  logout(): Promise<void>;
  flows(): Promise<readonly FlowSummary[]>;
  flow(name: string): Promise<FlowDetail>;
  /** Rejects with an ApiFailure: 409 has `conflict`, 422 has `problems`. */
  deploy(name: string, request: DeployRequest): Promise<DeployResult>;
  validate(name: string, request: DeployRequest): Promise<ValidateResult>;
  remove(name: string): Promise<void>;
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  revisions(name: string): Promise<readonly RevisionSummary[]>;
  inject(flow: string, node: string, request: InjectRequest): Promise<void>;
  node(flow: string, node: string): Promise<NodeDetail>;
  topic(flow: string, topic: string): Promise<TopicDetail>;
  messages(
    flow: string,
    topic: string,
    query?: { from?: string; to?: string; limit?: number },
  ): Promise<TopicMessages>;
  publish(flow: string, topic: string, request: PublishRequest): Promise<{ ids: readonly string[] }>;
  types(): Promise<readonly NodeTypeInfo[]>;
  engines(): Promise<readonly EngineInfo[]>;
  health(): Promise<HealthReport>;
}

export function createApi(): Api {
  return {
    me: () => request("GET", "/api/me"),
    login: (token) => request("POST", "/api/login", { token }),
    logout: () => request("POST", "/api/logout", {}),
    flows: () => request("GET", "/api/flows"),
    flow: (name) => request("GET", flowPath(name)),
    deploy: (name, body) => request("PUT", flowPath(name), body),
    validate: (name, body) => request("POST", `${flowPath(name)}/validate`, body),
    remove: (name) => request("DELETE", flowPath(name)),
    start: (name) => request("POST", `${flowPath(name)}/start`, {}),
    stop: (name) => request("POST", `${flowPath(name)}/stop`, {}),
    revisions: (name) => request("GET", `${flowPath(name)}/revisions`),
    inject: (flow, node, body) => request("POST", `${nodePath(flow, node)}/inject`, body),
    node: (flow, node) => request("GET", nodePath(flow, node)),
    topic: (flow, topic) => request("GET", topicPath(flow, topic)),
    messages: (flow, topic, query = {}) =>
      request("GET", `${topicPath(flow, topic)}/messages${search(query)}`),
    publish: (flow, topic, body) => request("POST", `${topicPath(flow, topic)}/messages`, body),
    types: () => request("GET", "/api/nodes"),
    engines: () => request("GET", "/api/engines"),
    health: () => request("GET", "/api/health"),
  };
}

function flowPath(name: string): string {
  return `/api/flows/${encodeURIComponent(name)}`;
}

function nodePath(flow: string, node: string): string {
  return `${flowPath(flow)}/nodes/${encodeURIComponent(node)}`;
}

function topicPath(flow: string, topic: string): string {
  return `${flowPath(flow)}/topics/${encodeURIComponent(topic)}`;
}

function search(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value));
  return given.size === 0 ? "" : `?${given}`;
}
