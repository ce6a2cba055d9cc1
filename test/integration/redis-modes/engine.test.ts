// Whole engines on the kinds of Redis: what a person sees, and decides.
import { expect, onTestFinished, test } from "vitest";
import type { FlowDetail, HealthReport, RevisionSummary, TopicDetail } from "../../../engine/admin/api.ts";
import { EngineProcess, flowFolder } from "../../support/engine-process.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { RedisServer } from "../../support/redis-server.ts";

const flow = (durability = "written") => ({
  topics: { ticks: { delivery: "stream", durability }, doubled: { delivery: "stream" } },
  nodes: {
    clock: { type: "timer", config: { every: "20ms" }, outputs: { tick: ["ticks"] } },
    double: {
      type: "script",
      config: { code: 'return { times: await state.update("n", (n) => (n ?? 0) + 1) };' },
      inputs: { in: ["ticks"] },
      outputs: { out: ["doubled"] },
    },
  },
});

async function start(redis: string, document: unknown = flow()) {
  const folder = flowFolder(document);
  onTestFinished(() => folder[Symbol.dispose]());
  const run = async (...args: string[]) => {
    const engine = await EngineProcess.start({ flows: folder.flow, data: folder.data, redis, args });
    onTestFinished(() => engine[Symbol.asyncDispose]());
    return engine;
  };
  return { folder, run, engine: await run() };
}

/** 0 while the flow does not run: an engine that lost its lease starts its flows anew. */
const length = async (engine: EngineProcess, topic: string) => {
  const { status, data } = await engine.call("GET", `/api/flows/main/topics/${topic}`);
  return status === 200 ? (data as TopicDetail).length : 0;
};

test("an emptied Redis stops deploys until it is accepted; then the flow goes on with its revision", async () => {
  await using server = await RedisServer.start();
  const { engine, run } = await start(server.url);
  await eventually(async () => (await length(engine, "doubled")) > 3);
  await server.command("FLUSHALL");
  await eventually(async () => (await engine.api<HealthReport>("GET", "/api/health")).status === "error");
  const request = { flow: { ...flow(), title: "New" } };
  await expect(engine.api("PUT", "/api/flows/main", request)).rejects.toThrow(/does not hold the data/);
  await engine.api("POST", "/api/backend/accept", {});
  await eventually(async () => (await length(engine, "doubled")) > 3);
  const revisions = await engine.api<RevisionSummary[]>("GET", "/api/flows/main/revisions");
  expect(revisions).toEqual([expect.objectContaining({ revision: 2, author: "engine" })]);
  expect((await engine.api<FlowDetail>("GET", "/api/flows/main")).revision).toBe(2);
  await engine.stop();
  await server.command("FLUSHALL");
  await expect(run()).rejects.toThrow(/--accept-empty-redis/);
  const again = await run("--accept-empty-redis");
  await eventually(async () => (await length(again, "doubled")) > 3);
});

test("a topic whose durability cannot be kept is refused with a sentence; the flow runs on as it was", async () => {
  await using server = await RedisServer.start();
  const { engine } = await start(server.url);
  await expect(
    engine.api("PUT", "/api/flows/main", { flow: flow("replicated"), baseRevision: 1 }),
  ).rejects.toThrow(/Topic \\*"ticks\\*" asks for durability \\*"replicated/);
  const before = await length(engine, "doubled");
  await eventually(async () => (await length(engine, "doubled")) > before);
});

test("an engine runs on a cluster, with shared topics and all", async () => {
  await using cluster = await RedisCluster.start({ replicas: false });
  const document = flow();
  const { engine } = await start(cluster.url, {
    topics: { ...document.topics, "/everyone": { delivery: "stream" } },
    nodes: {
      ...document.nodes,
      double: { ...document.nodes.double, outputs: { out: ["doubled", "/everyone"] } },
    },
  });
  await eventually(async () => (await length(engine, encodeURIComponent("/everyone"))) > 10);
  expect(await length(engine, "doubled")).toBeGreaterThan(0);
});
