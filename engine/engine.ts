// The composition root: builds every part of an engine from a Config, in order, and closes them in reverse.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { scriptedDefinition } from "@millrace/nodes-core";
import { startAdmin } from "./admin/admin.ts";
import { claimEngineId } from "./backend/engine-id.ts";
import { openBackend } from "./backend/index.ts";
import { type Clock, systemClock } from "./base/clock.ts";
import { Owned } from "./base/disposable.ts";
import { errorText, noFlowRuns } from "./base/errors/index.ts";
import type { Logger } from "./base/logger.ts";
import { closeEngine } from "./closing.ts";
import { type Cluster, consumerName, Errands, openCluster } from "./cluster/index.ts";
import type { Config } from "./config.ts";
import type { EngineControl, LiveEvent } from "./control.ts";
import { FlowSet, folderOf } from "./deploy/flow-set.ts";
import { Planner } from "./deploy/planner.ts";
import { BackendRelay } from "./endpoints/backend-relay.ts";
import { startEndpoints } from "./endpoints/endpoints.ts";
import { announceEngine, tokenOf } from "./engine-files.ts";
import { flowFiles } from "./flow/index.ts";
import { examine } from "./health/doctor.ts";
import { engineFacts, haveReached, Members } from "./health/members.ts";
import { Metrics } from "./health/metrics.ts";
import { type InjectErrand, Operations } from "./operations.ts";
import { PackageLoader } from "./plugins/index.ts";
import type { FlowListener } from "./runtime/events.ts";
import { FlowRuntime } from "./runtime/flow-runtime.ts";
import { Frames } from "./runtime/frames.ts";
import type { Powers } from "./runtime/powers.ts";
import { Scheduler } from "./runtime/scheduler.ts";
import { createSandbox } from "./sandbox/index.ts";
import { Quarantine } from "./topics/quarantine.ts";
import { TreeState } from "./topics/tree-state.ts";
import { engineSamples, Outages } from "./view/engine-samples.ts";
import { LiveHub } from "./view/hub.ts";
import { LastStats } from "./view/last-stats.ts";
import { METRICS } from "./view/metric-list.ts";
import { flowSamples } from "./view/metric-samples.ts";
import { LiveRelay } from "./view/relay.ts";
import { roomGreeting, roomSource } from "./view/rooms.ts";
import { shownValue } from "./view/shown.ts";

/** Boots that are gone and were counted. */
const MOST_REMEMBERED = 1_000;

export interface RunningEngine extends EngineControl, AsyncDisposable {
  readonly urls: { readonly editor: string | null; readonly admin: string; readonly endpoints: string };
  readonly token: string;
  /** Which backend, for people. */
  readonly backendText: string;
  /** What a person should know about the backend's settings. */
  readonly warnings: readonly string[];
  /** This process's metrics as plain data, for the supervisor that it may have. */
  ownMetrics(): Promise<readonly object[]>;
  /** All flows run. */
  readonly whenReady: Promise<void>;
}

const LEASE_MS = 10_000;

export interface EngineSurroundings {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Told by which name (`<engine>:<boot>`) this engine is a member of its cluster, from now on. */
  readonly onMember?: (consumer: string) => void;
  /** Metrics of the other workers under the same supervisor, one list each. */
  readonly otherMetrics?: () => Promise<readonly (readonly object[])[]>;
}

/** Resolves when flows have been started; throws what keeps the engine from starting, with nothing left open. */
export async function startEngine(config: Config, options: EngineSurroundings): Promise<RunningEngine> {
  const owned = new Owned();
  try {
    return await build(config, options, owned);
  } catch (error) {
    await owned[Symbol.asyncDispose]().catch((closing) => {
      options.logger.warn(`Closing after a failed start: ${errorText(closing)}`);
    });
    throw error;
  }
}

async function build(config: Config, surroundings: EngineSurroundings, owned: Owned): Promise<RunningEngine> {
  const { logger, clock = systemClock, onMember } = surroundings;
  const version = packageVersion();
  const files = await flowFiles(config.flows);
  const { id } = owned.add(claimEngineId(config.dataFolder, config.name));
  const token = config.token ?? tokenOf(config.dataFolder);
  const backend = owned.add(
    await openBackend({
      redis: config.redis,
      acceptEmpty: config.acceptEmptyRedis ?? false,
      namespace: config.namespace,
      engineId: id,
      folder: config.dataFolder,
      logger,
      clock,
    }),
  );
  for (const warning of backend.warnings) logger.warn(warning);
  const facts = engineFacts(version, clock);
  const cluster = owned.add(
    await openCluster({
      backend,
      redis: config.redis === undefined ? undefined : { url: config.redis, namespace: config.namespace },
      engineId: id,
      leaseMs: config.leaseMs ?? LEASE_MS,
      ...(config.blockLimitMs !== undefined && { blockLimitMs: config.blockLimitMs }),
      handOverMs: config.drainTimeoutMs,
      about: { ...facts, flows: [] },
      log: logger,
    }),
  );
  const tellMember = () => onMember?.(consumerName(id, cluster.bootId));
  tellMember();
  const sandbox = owned.add(createSandbox({ logger }));
  const relay = owned.add(await BackendRelay.open({ engineId: id, channels: backend.channels, clock }));
  const endpoints = owned.add(
    await startEndpoints({ host: config.host, port: config.httpPort, logger, clock, engineId: id, relay }),
  );
  const planner = new Planner({
    loader: owned.add(new PackageLoader({ clock })),
    scripted: scriptedDefinition,
    environment: process.env,
  });
  await planner.start();

  let hub: LiveHub | undefined; // made after the flows it shows
  const show = (room: string, event: LiveEvent) => hub?.show(room, event);
  const powers: Powers = {
    clock,
    log: logger,
    frames: new Frames(),
    scheduler: new Scheduler(),
    state: new TreeState(backend.state),
    http: endpoints,
    scripts: (flow) => sandbox.forFlow(flow),
    secret: async (name) =>
      process.env[`MILLRACE_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`],
    env: (name) => process.env[name],
    listener: liveListener(show, (room) => hub?.isWatched(room) ?? false),
  };
  const quarantine = new Quarantine(clock);
  const flows = owned.add(
    new FlowSet({
      files,
      folder: folderOf(files, process.cwd()),
      backend,
      planner,
      clock,
      log: logger,
      createRuntime: (flow) =>
        new FlowRuntime({
          flow,
          powers,
          backend,
          engineId: id,
          bootId: cluster.bootId,
          drainTimeoutMs: config.drainTimeoutMs,
          ownership: cluster.ownership,
          gone: () => cluster.gone(),
          quarantine,
        }),
      othersReached: (flow, revision) => {
        const others = cluster.living().filter(({ engine }) => engine !== id);
        return haveReached(others, flow, revision);
      },
      held: config.safe ?? false,
      onDeploy: (flow, { phase, ...event }) =>
        show("deploy", { name: `deploy-${phase}`, data: { flow, ...event } }),
    }),
  );
  takeOverFromOthers(cluster, flows, logger, tellMember);
  const room = { engineId: id, flows, clock, log: logger, lastStats: new LastStats() };
  const rooms = owned.add(new LiveHub({ source: roomSource(room), greeting: roomGreeting(room) }));
  hub = rooms;
  const liveRelay = owned.add(
    await LiveRelay.open({ backend, engineId: id, clock, log: logger, hub: rooms }),
  );
  const members = owned.add(
    new Members({
      id,
      cluster,
      facts,
      flows: () => flows.all().map(({ name }) => name),
      revisions: () => Object.fromEntries(flows.all().map(({ name, reached }) => [name, reached])),
      clock,
      onChange: (engines) => show("engines", { name: "engine-change", data: engines }),
    }),
  );
  const watch = (name: string, listener: (event: LiveEvent) => void) => {
    const handle = rooms.watch(name, listener);
    liveRelay.tell();
    return handle;
  };
  const errands = owned.add(
    await Errands.open({
      engineId: id,
      channels: backend.channels,
      log: logger,
      run: async (errand) => {
        const { flow, node, request } = errand as InjectErrand;
        await flows.get(flow).running().inject(node, request);
      },
    }),
  );
  const ask = (engine: string, errand: InjectErrand) => errands.ask(engine, errand);
  const outages = owned.add(new Outages(backend));
  const seen = watchMembers(cluster);
  const metrics = new Metrics({
    engine: id,
    specs: METRICS,
    ...(surroundings.otherMetrics && { others: surroundings.otherMetrics }),
    collect: async () => [
      ...(await flowSamples(flows.all())),
      ...engineSamples(
        {
          http: endpoints.counts,
          openCalls: endpoints.openCalls,
          liveLeftOut: operations.liveLeftOut,
          members: cluster.living().length,
          ...seen,
          scriptRunnerRestarts: sandbox.restarts,
        },
        { up: backend.health().up, outages: outages.count },
      ),
    ],
  });
  const doctor = () => {
    const [alone] = backend.kind === "embedded" ? cluster.living() : [];
    return examine({
      backend,
      ...(alone && { alone }),
      living: async () => new Set(cluster.living().map(({ consumer }) => consumer)),
      leaseMs: config.leaseMs ?? LEASE_MS,
      now: clock.now(),
    });
  };
  const operations = new Operations({
    metrics,
    doctor,
    id,
    version,
    backend,
    flows,
    planner,
    members,
    ask,
    watch,
  });
  const isFirst = (config.worker ?? 1) === 1;
  const editorFolder = config.editor ? findEditor(logger) : null;
  const admin = owned.add(
    await startAdmin({
      engine: operations,
      // The admin API of a supervisor's other workers is for this machine only: people are served by the first.
      host: isFirst ? config.host : "127.0.0.1",
      port: config.port,
      token,
      openMetrics: config.openMetrics ?? false,
      editorFolder,
      logger,
      clock,
    }),
  );
  if (isFirst) owned.add(announceEngine(config.dataFolder, { url: admin.url, pid: process.pid, id }));
  await flows.start();
  if (!config.safe) refuseIfNothingRuns(flows, files);
  members.tell();
  // Nodes are drained before any part they may still need is closed.
  owned.add(flows);
  return Object.assign(operations, {
    urls: { editor: editorFolder === null ? null : admin.url, admin: admin.url, endpoints: endpoints.url },
    token,
    backendText: backend.health().text,
    warnings: backend.warnings,
    ownMetrics: () => metrics.own(),
    whenReady: untilReady(operations, clock),
    [Symbol.asyncDispose]: () =>
      closeEngine(owned, { backend, clock, log: logger, drainTimeoutMs: config.drainTimeoutMs }),
  });
}

/** What engines that are gone had pending is taken over; and when the others gave up this one, it starts anew. */
function takeOverFromOthers(cluster: Cluster, flows: FlowSet, log: Logger, onRejoined: () => void): void {
  cluster.onGone(async (consumer) => {
    const cleared = flows.all().map((flow) => flow.state === "running" && flow.running().takeOver(consumer));
    return cleared.every(Boolean);
  });
  cluster.onLost(() => {
    flows
      .startAnew(async () => {
        await cluster.rejoin();
        onRejoined();
      })
      .then(() => log.info("The engine has started anew."))
      .catch((error) => log.error(`The engine did not start anew: ${errorText(error)}`));
  });
}

/** Counts who left the cluster, this engine's own place included. */
function watchMembers(cluster: Cluster): { readonly membersGone: number; readonly membershipLost: number } {
  const gone = new Set<string>();
  const seen = { membersGone: 0, membershipLost: 0 };
  cluster.onGone(async (consumer) => {
    if (!gone.has(consumer)) seen.membersGone++;
    gone.add(consumer);
    if (gone.size > MOST_REMEMBERED) gone.delete(gone.values().next().value ?? "");
    return true;
  });
  cluster.onLost(() => {
    seen.membershipLost++;
  });
  return seen;
}

/** Turns what nodes tell into events of the live rooms; costs nothing where nobody watches. */
function liveListener(
  show: (room: string, event: LiveEvent) => void,
  isWatched: (room: string) => boolean,
): FlowListener {
  return {
    condition: (condition) => show(`status:${condition.flow}`, { name: "node-status", data: condition }),
    debug: (debug) => {
      const room = `debug:${debug.flow}`;
      if (isWatched(room))
        show(room, { name: "debug-message", data: { ...debug, ...shownValue(debug.value) } });
    },
  };
}

/** Looks now and then: a flow whose file is repaired makes the engine ready too. */
async function untilReady(operations: Operations, clock: Clock): Promise<void> {
  while (!operations.ready().ready) await new Promise<void>((resolve) => void clock.schedule(250, resolve));
}

function refuseIfNothingRuns(flows: FlowSet, files: readonly string[]): void {
  if (files.length === 0 || flows.all().some(({ state }) => state !== "invalid")) return;
  const problems = flows
    .all()
    .flatMap(({ file, problems }) =>
      problems.slice(0, 5).map(({ message, line }) => `\n  ${file}${line ? `:${line}` : ""}  ${message}`),
    );
  throw noFlowRuns({ summary: problems.join("") });
}

function findEditor(logger: Logger): string | null {
  try {
    const folder = join(
      dirname(createRequire(import.meta.url).resolve("@millrace/editor/package.json")),
      "dist",
    );
    if (existsSync(join(folder, "index.html"))) return folder;
  } catch {
    // not installed
  }
  logger.warn("The editor is not built, so none is served. Run: npm run build -w @millrace/editor");
  return null;
}

function packageVersion(): string {
  for (const folder of [import.meta.dirname, dirname(import.meta.dirname)]) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  return "0.0.0";
}
