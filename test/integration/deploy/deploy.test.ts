// Deploys on a real engine, by API and by file: what changes, what stays, what is refused.
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import type {
  DeployResult,
  FlowDetail,
  NodeDetail,
  Problem,
  RevisionSummary,
} from "../../../engine/admin/api.ts";
import { EngineProcess, flowFolder } from "../../support/engine-process.ts";

const flowWith = (label: string) => ({
  title: "Counting",
  topics: { ticks: {}, numbers: { delivery: "stream" } },
  nodes: {
    clock: { type: "timer", config: { every: "20ms" }, outputs: { tick: ["ticks"] } },
    count: {
      type: "script",
      config: { code: 'return { number: await state.update("n", (n) => (n ?? 0) + 1) };' },
      inputs: { in: ["ticks"] },
      outputs: { out: ["numbers"] },
    },
    show: { type: "debug", config: { label }, inputs: { in: ["numbers"] } },
  },
});

async function start(flow: unknown = flowWith("a")) {
  const folder = flowFolder(flow);
  onTestFinished(() => folder[Symbol.dispose]());
  const run = async () => {
    const engine = await EngineProcess.start({ flows: folder.flow, data: folder.data });
    onTestFinished(() => engine[Symbol.asyncDispose]());
    return engine;
  };
  return { folder, run, engine: await run() };
}

const node = (engine: EngineProcess, id: string) =>
  engine.api<NodeDetail>("GET", `/api/flows/main/nodes/${id}`);

describe("a deploy", () => {
  test("restarts the changed node only: the others' instances and counts go on", async () => {
    const { engine, folder } = await start();
    const before = await Promise.all(["clock", "count", "show"].map((id) => node(engine, id)));
    const result = await engine.api<DeployResult>("PUT", "/api/flows/main", {
      flow: flowWith("b"),
      baseRevision: 1,
    });
    expect(result).toMatchObject({
      revision: 2,
      started: ["show"],
      stopped: ["show"],
      kept: ["clock", "count"],
    });
    const after = await Promise.all(["clock", "count", "show"].map((id) => node(engine, id)));
    expect(after.map(({ startedAt }, index) => startedAt === before[index]?.startedAt)).toEqual([
      true,
      true,
      false,
    ]);
    expect(after[0]?.counts.emitted).toBeGreaterThanOrEqual(before[0]?.counts.emitted ?? Infinity);
    expect(after[1]?.counts.settled).toBeGreaterThanOrEqual(before[1]?.counts.settled ?? Infinity);
    expect(JSON.parse(readFileSync(folder.flow, "utf8")).nodes.show.config).toEqual({ label: "b" });
  });

  test("on a stale revision is refused with what is newest", async () => {
    const { engine } = await start();
    await engine.api("PUT", "/api/flows/main", { flow: flowWith("b"), baseRevision: 1 });
    const { status, data } = await engine.call("PUT", "/api/flows/main", {
      flow: flowWith("c"),
      baseRevision: 1,
    });
    expect(status).toBe(409);
    expect(data).toMatchObject({
      error: { code: "deploy/stale-revision" },
      revision: 2,
      flow: { nodes: { show: { config: { label: "b" } } } },
    });
  });

  test("with errors is refused with all of them, and what runs goes on", async () => {
    const { engine } = await start();
    const flow = structuredClone(flowWith("b")) as { nodes: Record<string, unknown> };
    flow.nodes.broken = { type: "timr", outputs: { tick: ["tcks"] } };
    const { status, data } = await engine.call("PUT", "/api/flows/main", { flow, baseRevision: 1 });
    const { problems } = data as { problems: Problem[] };
    expect([status, problems.map(({ code, path, node }) => [code, path, node])]).toEqual([
      422,
      [
        ["flow/unknown-topic", "/nodes/broken/outputs/tick/0", "broken"],
        ["flow/unknown-type", "/nodes/broken/type", "broken"],
      ],
    ]);
    expect(await engine.api<FlowDetail>("GET", "/api/flows/main")).toMatchObject({ revision: 1 });
    expect((await node(engine, "clock")).state).toBe("running");
  });

  test("whose node does not start is taken back by itself: what ran before runs again", async () => {
    const { engine, folder } = await start();
    const flow = flowWith("b");
    flow.nodes.count.config.code = "return {";
    const { status, data } = await engine.call("PUT", "/api/flows/main", { flow, baseRevision: 1 });
    expect([status, data]).toMatchObject([
      422,
      {
        error: { code: "deploy/undone" },
        problems: [{ code: "runtime/start-failed", path: "/nodes/count", node: "count" }],
      },
    ]);
    const now = await engine.api<FlowDetail>("GET", "/api/flows/main");
    expect([now.revision, now.flow]).toEqual([3, flowWith("a")]);
    expect((await node(engine, "count")).state).toBe("running");
    expect(JSON.parse(readFileSync(folder.flow, "utf8"))).toEqual(flowWith("a"));
  });

  test("can be taken back to any revision", async () => {
    const { engine } = await start();
    await engine.api("PUT", "/api/flows/main", { flow: flowWith("b"), baseRevision: 1, note: "louder" });
    const back = await engine.api<DeployResult>("POST", "/api/flows/main/rollback", { revision: 1 });
    expect(back).toMatchObject({ revision: 3, started: ["show"] });
    const revisions = await engine.api<RevisionSummary[]>("GET", "/api/flows/main/revisions");
    expect(revisions.map(({ revision, note }) => [revision, note])).toEqual([
      [3, "Back to revision 1"],
      [2, "louder"],
      [1, ""],
    ]);
  });

  test("of a new flow writes its file, and removing it keeps the file", async () => {
    const { engine, folder } = await start();
    await engine.api("PUT", "/api/flows/second", {
      flow: { nodes: { t: { type: "timer" } } },
      baseRevision: 0,
    });
    const file = folder.flow.replace("main.json", "second.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ nodes: { t: { type: "timer" } } });
    await engine.api("DELETE", "/api/flows/second");
    expect((await engine.call("GET", "/api/flows/second")).status).toBe(404);
    expect(readFileSync(file, "utf8")).toContain("timer");
  });
});

describe("a flow file", () => {
  test("that changes on disk is deployed; one that is broken changes nothing", async () => {
    const { engine, folder } = await start();
    writeFileSync(folder.flow, JSON.stringify(flowWith("by hand")));
    await until(async () => (await engine.api<FlowDetail>("GET", "/api/flows/main")).revision === 2);
    writeFileSync(folder.flow, '{ "nodes": { "clock": ');
    await until(async () => engine.output.includes("was changed but not deployed"));
    const { revision, flow } = await engine.api<FlowDetail>("GET", "/api/flows/main");
    expect([revision, flow.nodes?.show?.config]).toEqual([2, { label: "by hand" }]);
    expect((await node(engine, "clock")).state).toBe("running");
  });

  test("that is an old revision at the start gives way to the newest, and says so", async () => {
    const { engine, folder, run } = await start();
    const old = readFileSync(folder.flow, "utf8");
    await engine.api("PUT", "/api/flows/main", { flow: flowWith("newer"), baseRevision: 1 });
    expect(await engine.stop()).toBe(0);
    writeFileSync(folder.flow, old);
    const again = await run();
    expect(again.output).toContain("is an older revision; revision 2 runs");
    expect(JSON.parse(readFileSync(folder.flow, "utf8")).nodes.show.config).toEqual({ label: "newer" });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => void setTimeout(next, 20));
}
