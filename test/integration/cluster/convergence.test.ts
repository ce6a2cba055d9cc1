// G14: that an engine hears of a deploy is a hint only; one that was cut off meanwhile comes to run it all the same.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { EngineProcess, flowFolder } from "../../support/engine-process.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";

let redis: RedisServer;
let proxy: TcpProxy;

beforeAll(async () => {
  redis = await RedisServer.start();
  proxy = await TcpProxy.start(redis.port);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

function flowOf(version: number): FlowDocument {
  return {
    title: `Version ${version}`,
    topics: { ticks: { delivery: "stream" } },
    nodes: { timer: { type: "timer", config: { every: "1h" }, outputs: { tick: ["ticks"] } } },
  };
}

interface Shown {
  readonly revision: number;
  readonly flow: FlowDocument;
}

test("an engine that was cut off during deploys has the newest revision soon after, and one that is new at once", async () => {
  const namespace = randomUUID().slice(0, 8);
  // Each has a folder of its own: what one writes to its file is not seen by the other.
  using here = flowFolder(flowOf(0));
  using there = flowFolder(flowOf(0));
  using elsewhere = flowFolder(flowOf(0));
  const start = (name: string, folder: typeof here, url: string) =>
    EngineProcess.start({
      flows: folder.flow,
      data: join(folder.folder, "data"),
      name,
      redis: url,
      args: ["--namespace", namespace, "--no-editor"],
    });
  await using near = await start("near", here, redis.url);
  await using far = await start("far", there, `redis://127.0.0.1:${proxy.port}`);
  const shown = (engine: EngineProcess) => engine.api<Shown>("GET", "/api/flows/main");
  for (let round = 1; round <= 3; round++) {
    proxy.refuse(true);
    proxy.cut();
    for (let each = 1; each <= 2; each++) {
      await near.api("PUT", "/api/flows/main", { flow: flowOf(10 * round + each) });
    }
    proxy.refuse(false);
    await eventually(async () => (await shown(far)).flow.title === `Version ${10 * round + 2}`);
  }
  await using late = await start("late", elsewhere, redis.url);
  const [wanted, ...others] = await Promise.all([near, far, late].map(shown));
  expect(wanted?.revision).toBe(7);
  expect(others.map(({ revision, flow }) => ({ revision, flow }))).toEqual(
    others.map(() => ({ revision: wanted?.revision, flow: wanted?.flow })),
  );
});
