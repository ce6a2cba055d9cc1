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

function start(
  folder: ReturnType<typeof flowFolder>,
  options: { name: string; redis: string; namespace: string },
) {
  const { name, namespace } = options;
  return EngineProcess.start({
    flows: folder.flow,
    data: join(folder.folder, "data"),
    name,
    redis: options.redis,
    args: ["--namespace", namespace, "--no-editor"],
  });
}

/** The address of Redis through the proxy. */
const proxied = () => `redis://127.0.0.1:${proxy.port}`;
const shown = (engine: EngineProcess) => engine.api<Shown>("GET", "/api/flows/main");
const deploy = (engine: EngineProcess, version: number) =>
  engine.api("PUT", "/api/flows/main", { flow: flowOf(version) });

test("an engine that was cut off during deploys has the newest revision soon after, and one that is new at once", async () => {
  const namespace = randomUUID().slice(0, 8);
  // Each has a folder of its own: what one writes to its file is not seen by the other.
  using here = flowFolder(flowOf(0));
  using there = flowFolder(flowOf(0));
  using elsewhere = flowFolder(flowOf(0));
  await using near = await start(here, { name: "near", redis: redis.url, namespace });
  await using far = await start(there, { name: "far", redis: proxied(), namespace });
  for (let round = 1; round <= 3; round++) {
    proxy.refuse(true);
    proxy.cut();
    for (let each = 1; each <= 2; each++) {
      await deploy(near, 10 * round + each);
    }
    proxy.refuse(false);
    await eventually(async () => (await shown(far)).flow.title === `Version ${10 * round + 2}`);
  }
  await using late = await start(elsewhere, { name: "late", redis: redis.url, namespace });
  const [wanted, ...others] = await Promise.all([near, far, late].map(shown));
  expect(wanted?.revision).toBe(7);
  expect(others.map(({ revision, flow }) => ({ revision, flow }))).toEqual(
    others.map(() => ({ revision: wanted?.revision, flow: wanted?.flow })),
  );
});

test("an engine that was cut off while the flow was removed and made anew has the new one soon after", async () => {
  const namespace = randomUUID().slice(0, 8);
  using here = flowFolder(flowOf(0));
  using there = flowFolder(flowOf(0));
  await using near = await start(here, { name: "near", redis: redis.url, namespace });
  await using far = await start(there, { name: "far", redis: proxied(), namespace });
  for (const version of [1, 2, 3]) await deploy(near, version);
  await eventually(async () => (await shown(far)).revision === 4);
  proxy.refuse(true);
  proxy.cut();
  await near.api("DELETE", "/api/flows/main");
  await deploy(near, 10);
  proxy.refuse(false);
  await eventually(async () => (await shown(far)).flow.title === "Version 10");
  expect((await shown(far)).revision).toBe((await shown(near)).revision);
});

test("what Redis lost of the deploys, at a failover for example, is stored again by those who run it", async () => {
  const namespace = randomUUID().slice(0, 8);
  using here = flowFolder(flowOf(0));
  using there = flowFolder(flowOf(0));
  await using near = await start(here, { name: "near", redis: redis.url, namespace });
  await using far = await start(there, { name: "far", redis: redis.url, namespace });
  const both = [near, far];
  for (const version of [1, 2, 3]) {
    await deploy(near, version);
    await eventually(async () => (await shown(far)).revision === version + 1);
  }
  await redis.command("HDEL", `${namespace}:{main}:revisions`, "3", "3:bundle", "4", "4:bundle");
  await redis.command("HSET", `${namespace}:{main}:flow`, "newest", "2");
  await eventually(async () =>
    (await redis.command("HGET", `${namespace}:{main}:flow`, "newest")).includes("3"),
  );
  await eventually(async () => (await Promise.all(both.map(shown))).every(({ revision }) => revision === 3));
  expect((await Promise.all(both.map(shown))).map(({ flow }) => flow.title)).toEqual([
    "Version 3",
    "Version 3",
  ]);
  await deploy(far, 4);
  await eventually(async () => (await shown(near)).flow.title === "Version 4");
});
