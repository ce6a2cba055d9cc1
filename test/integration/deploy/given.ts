// Engines without a process: one flow each, deployed on a real backend, with node types written in the test.
import { type AnyNodeDefinition, defineNode, Type } from "@millrace/sdk";
import { onTestFinished } from "vitest";
import type { Backend, TopicAddress } from "../../../engine/backend/backend.ts";
import { systemClock } from "../../../engine/base/clock.ts";
import { createLogger, type LogLine } from "../../../engine/base/logger.ts";
import { Deployer, type DeployOutcome } from "../../../engine/deploy/deployer.ts";
import { Planner } from "../../../engine/deploy/planner.ts";
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { PackageLoader } from "../../../engine/plugins/index.ts";
import { FlowRuntime } from "../../../engine/runtime/flow-runtime.ts";
import { Frames } from "../../../engine/runtime/frames.ts";
import { publishFromOutside } from "../../../engine/runtime/outside.ts";
import { Scheduler } from "../../../engine/runtime/scheduler.ts";
import type { StreamTopic } from "../../../engine/topics/stream.ts";
import { TreeState } from "../../../engine/topics/tree-state.ts";

export interface Station {
  readonly deployer: Deployer;
  readonly logs: LogLine[];
  deploy(flow: FlowDocument): Promise<DeployOutcome>;
  publish(topic: string, ...payloads: unknown[]): Promise<unknown>;
  topic(name: string): StreamTopic;
}

/** A place for one flow, ended with the test. */
export async function station(options: {
  backend: Backend;
  definitions: readonly AnyNodeDefinition[];
  engine?: string;
  flow?: string;
  file?: string;
  othersReached?: (revision: number) => boolean;
}): Promise<Station> {
  const { backend, definitions, engine = "a", flow = "main", file } = options;
  const logs: LogLine[] = [];
  const log = createLogger({ level: "debug", json: true, write: () => undefined });
  log.onLine((line) => logs.push(line));
  const loader = new PackageLoader({ clock: systemClock });
  const scripted = ({ type }: { type: string }) => {
    const found = definitions.find((each) => each.type === type);
    if (!found) throw new Error(`The test has no node type "${type}".`);
    return found;
  };
  const planner = new Planner({ loader, scripted, environment: {} });
  await planner.start();
  const createRuntime = () =>
    new FlowRuntime({
      flow,
      backend,
      engineId: engine,
      bootId: "boot",
      drainTimeoutMs: 5_000,
      powers: {
        clock: systemClock,
        log,
        frames: new Frames(),
        scheduler: new Scheduler(),
        state: new TreeState(backend.state),
        http: { route: () => ({ [Symbol.dispose]: () => undefined }), respond: async () => false },
        scripts: () => ({ load: () => Promise.reject(new Error("This test runs no scripts.")) }),
        secret: async () => undefined,
        env: () => undefined,
        listener: { condition: () => undefined, debug: () => undefined },
      },
    });
  const deployer = new Deployer({
    flow,
    file,
    folder: "/",
    backend,
    planner,
    createRuntime,
    othersReached: options.othersReached ?? (() => true),
    clock: systemClock,
    log,
    onDeploy: () => undefined,
  });
  onTestFinished(async () => {
    await deployer[Symbol.asyncDispose]();
    loader[Symbol.dispose]();
  });
  const topic = (name: string) => deployer.running().topics.get(name) as StreamTopic;
  return {
    deployer,
    logs,
    deploy(document) {
      const types = Object.fromEntries(definitions.map(({ type }) => [type, { code: "" }]));
      const bundle = { flow: { ...document, types }, layout: {}, files: {} };
      return deployer.deploy({ bundle, baseRevision: undefined, author: "test", note: "" });
    },
    publish: (name, ...payloads) =>
      publishFromOutside(
        topic(name),
        payloads.map((payload) => ({ payload })),
      ),
    topic,
  };
}

/** A node that puts every message aside: it waits for its next attempt for ever. */
export function keeper(type = "keeper"): AnyNodeDefinition {
  return defineNode({
    type,
    title: type,
    summary: "Never done.",
    category: "test",
    config: Type.Object({}),
    inputs: { in: Type.Unknown() },
    outputs: {},
    start: () => ({ in: () => Promise.reject(new Error("later")) }),
  });
}

/** The topic's rule that goes with a keeper. */
export const FOR_EVER = { retry: { attempts: 9, backoff: "1h" } } as const;

/** How much waits for each group of a stream. */
export async function waitingIn(backend: Backend, stream: TopicAddress): Promise<Record<string, number>> {
  const { groups } = await backend.streams.info(stream);
  return Object.fromEntries(groups.map(({ group, lag, pending }) => [group, lag + pending]));
}
