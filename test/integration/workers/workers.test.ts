// engine --workers: several engines on one machine, under a supervisor that keeps them alive.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineInfo, FlowSummary } from "../../../engine/admin/api.ts";
import { runEngine } from "../../support/command-line.ts";
import { EngineProcess } from "../../support/engine-process.ts";
import { eventually } from "../../support/eventually.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/package-folder.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { endingNode } from "./nodes.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

const flow = {
  topics: { calls: {} },
  nodes: {
    hello: {
      type: "http-in",
      config: { method: "GET", path: "/hello" },
      outputs: { request: ["calls"] },
    },
    answer: { type: "http-response", inputs: { response: ["calls"] } },
  },
};

let namespace = 0;
async function start(folder: TemporaryFolder, ...args: string[]): Promise<EngineProcess> {
  namespace++;
  return EngineProcess.start({
    flows: join(folder.path, "flows/main.json"),
    data: join(folder.path, "data"),
    redis: redis.url,
    args: ["--namespace", `workers${namespace}`, "--workers", "2", ...args],
    environment: { MILLRACE_WORKER_PAUSES: "50,60000" },
  });
}

const engines = (engine: EngineProcess) => engine.api<EngineInfo[]>("GET", "/api/engines");

/** Process ids of both, when they have seen each other. */
async function pidsOf(engine: EngineProcess): Promise<number[]> {
  await eventually(async () => (await engines(engine)).length === 2);
  return (await engines(engine)).map(({ pid }) => pid);
}

async function metrics(engine: EngineProcess): Promise<{ engine: string; name: string; value: number }[]> {
  const response = await fetch(`${engine.adminUrl}/metrics`, {
    headers: { authorization: "Bearer test-token-0123456789" },
  });
  return (await response.text()).split("\n").flatMap((line) => {
    const found = /^(\w+)\{.*engine="([^"]*)".*\} (\S+)$/.exec(line);
    return found ? [{ name: found[1] ?? "", engine: found[2] ?? "", value: Number(found[3]) }] : [];
  });
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("engine --workers", () => {
  it("serves the flows' endpoints at one port by all workers, and shows the numbers of all", async () => {
    using folder = temporaryFolder({ "flows/main.json": flow });
    await using supervisor = await start(folder);
    expect(supervisor.output).toMatch(/^Workers: 2$/m);
    for (let call = 0; call < 10; call++) {
      const answer = await fetch(`${supervisor.endpointsUrl}/hello`, { headers: { connection: "close" } });
      expect(answer.status).toBe(200);
      await answer.text();
    }
    const calls = (await metrics(supervisor)).filter(({ name }) => name === "millrace_http_calls_total");
    expect(calls.map(({ value }) => value)).toEqual([5, 5]);
  });

  it("starts a worker again that was killed, and tells the others at once that it is gone", async () => {
    using folder = temporaryFolder({ "flows/main.json": flow });
    // A lease of an hour: nobody would find out by themselves.
    await using supervisor = await start(folder, "--lease", "1h");
    await pidsOf(supervisor);
    const [first, second] = (await engines(supervisor)).toSorted((a, b) => Number(b.self) - Number(a.self));
    process.kill(second?.pid ?? 0, "SIGKILL");
    await eventually(async () => {
      const now = await engines(supervisor);
      return now.length === 2 && now.every(({ pid }) => pid !== second?.pid);
    });
    expect((await engines(supervisor)).map(({ pid }) => pid)).toContain(first?.pid);
    expect(supervisor.output).toContain("Worker 2 ended by SIGKILL; it is started again in 0.05 s.");
  });

  it("starts in safe mode what keeps crashing, until somebody repairs it and starts the flow", async () => {
    const poisoned = {
      ...flow,
      packages: ["../nodes/ending"],
      nodes: { ...flow.nodes, end: { type: "ending", inputs: { in: ["calls"] } } },
    };
    using folder = temporaryFolder({ "flows/main.json": poisoned });
    const poison = join(folder.path, "poison");
    folder.write("nodes/ending/package.json", { name: "ending", version: "1.0.0", type: "module" });
    folder.write("nodes/ending/index.js", endingNode(poison));
    await using supervisor = await start(folder);
    writeFileSync(poison, "");
    const [self] = (await engines(supervisor)).filter((engine) => engine.self);
    process.kill(self?.pid ?? 0, "SIGKILL");

    await eventually(async () => /Worker 1 has crashed 3 times.* safe mode/.test(supervisor.output));
    const states = async () =>
      (await supervisor.api<FlowSummary[]>("GET", "/api/flows")).map(({ state }) => state);
    await eventually(async () => (await states())[0] === "stopped");
    expect(await supervisor.call("GET", "/readyz")).toMatchObject({
      status: 503,
      data: { ready: false, text: expect.stringContaining("Safe mode") },
    });
    expect(await supervisor.api("GET", "/api/flows/main")).toMatchObject({ flow: poisoned });

    rmSync(poison);
    await supervisor.api("POST", "/api/flows/main/start");
    expect(await supervisor.call("GET", "/readyz")).toMatchObject({ status: 200 });
  });

  it("drains all workers at SIGTERM, and leaves none behind", async () => {
    using folder = temporaryFolder({ "flows/main.json": flow });
    await using supervisor = await start(folder);
    const pids = await pidsOf(supervisor);
    expect(pids.map(isAlive)).toEqual([true, true]);
    expect(await supervisor.stop()).toBe(0);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it("leaves no worker behind when the supervisor itself is killed", async () => {
    using folder = temporaryFolder({ "flows/main.json": flow });
    await using supervisor = await start(folder);
    const pids = await pidsOf(supervisor);
    await supervisor.kill();
    await eventually(async () => !pids.some(isAlive));
  });

  it("ends with the sentence and exit code of a worker that cannot start", async () => {
    using folder = temporaryFolder({ "flows/main.json": { nodes: { a: { type: "nothing" } }, topics: 3 } });
    const args = [
      "--flows",
      "flows",
      "--redis",
      redis.url,
      "--workers",
      "2",
      "--port",
      "0",
      "--http-port",
      "0",
    ];
    const { code, stdout } = await runEngine(args, { folder: folder.path });
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: expect.stringContaining("[1] No flow could be started"),
    });
  });

  it("is refused without Redis, which the workers share their work over", async () => {
    using folder = temporaryFolder({ "flows/main.json": flow });
    const result = await runEngine(["--flows", "flows", "--workers", "2"], { folder: folder.path });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining("--workers needs Redis") });
  });
});
