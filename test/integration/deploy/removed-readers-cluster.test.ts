// Several engines on one Redis: the group of a reader that left is removed when all have moved, and an engine that still
// runs the revision before does not make it anew.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeployResult, EngineInfo, TopicDetail } from "../../../engine/admin/api.ts";
import type { Backend } from "../../../engine/backend/backend.ts";
import { eventually } from "../../support/eventually.ts";
import { collector } from "../../support/flow-runner.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { Engines } from "../cluster/processes.ts";
import { opened } from "./backends.ts";
import { FOR_EVER, keeper, type Station, station, waitingIn } from "./given.ts";

const JOBS = { flow: "main", topic: "jobs" };
const topics = { jobs: { delivery: "stream", ...FOR_EVER } } as const;
const keep = { type: "keeper", inputs: { in: ["jobs"] } };
const sink = { type: "collector", inputs: { in: ["jobs"] } };

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

/** Two engines of one cluster, as far as the deploys of a flow go; `reached`: what each knows of the other. */
async function pair(reached: { a: () => number; b: () => number }) {
  const namespace = randomUUID().slice(0, 8);
  const reads: string[] = [];
  const place = async (engine: "a" | "b", other: "a" | "b") => {
    const backend = await opened({ folder: ":memory:", redis: redis.url, namespace, engine });
    const sink = collector();
    const definitions = [keeper(), sink.definition];
    const watched = watchReads(backend, (group) => reads.push(`${engine} ${group}`));
    const othersReached = (revision: number) => reached[other]() >= revision;
    const given = await station({ backend: watched, definitions, engine, othersReached });
    return { ...given, backend, sink };
  };
  return { a: await place("a", "b"), b: await place("b", "a"), reads };
}

/** Tells of each read that has ended. */
function watchReads(backend: Backend, told: (group: string) => void): Backend {
  const streams = new Proxy(backend.streams, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "read") return value.bind(target);
      return async (...args: Parameters<typeof target.read>) => {
        const entries = await target.read(...args);
        told(args[0].group);
        return entries;
      };
    },
  });
  return new Proxy(backend, {
    get: (target, name) => (name === "streams" ? streams : Reflect.get(target, name)),
  });
}

test("it stays until the last engine has gone over to the revision without it", async () => {
  const engines: { b?: Station } = {};
  const { a, b } = await pair({
    a: () => Number.POSITIVE_INFINITY,
    b: () => engines.b?.deployer.reached ?? 0,
  });
  engines.b = b;
  await a.deploy({ topics, nodes: { keep, sink } });
  await b.deployer.startFromFile();
  await a.publish("jobs", 1, 2);
  const { problems } = await a.deploy({ topics, nodes: { sink } });
  expect(problems.map(({ code, node }) => [code, node])).toEqual([["deploy/reader-removed", "keep"]]);
  await a.deployer.tidy();
  expect(await waitingIn(a.backend, JOBS)).toMatchObject({ "main/keep": 2 });
  await b.deployer.catchUp();
  await a.deployer.tidy();
  expect(Object.keys(await waitingIn(a.backend, JOBS))).toEqual(["main/sink"]);
  await b.deployer.tidy();
  expect([[...a.deployer.dropped], [...b.deployer.dropped]]).toEqual([[["jobs", 2]], []]);
});

test("an engine that was not waited for reads on in vain, and takes part again when the reader comes back", async () => {
  const { a, b, reads } = await pair({
    a: () => Number.POSITIVE_INFINITY,
    b: () => Number.POSITIVE_INFINITY,
  });
  await a.deploy({ topics, nodes: { keep, sink } });
  await b.deployer.startFromFile();
  await a.publish("jobs", 1);
  await a.deploy({ topics, nodes: { keep } });
  expect(await waitingIn(a.backend, JOBS)).toEqual({ "main/keep": 1 });
  const inVain = () => reads.filter((each) => each === "b main/sink").length;
  const before = inVain();
  await b.publish("jobs", 2);
  await eventually(() => inVain() >= before + 3);
  expect(await waitingIn(a.backend, JOBS)).toEqual({ "main/keep": 2 });
  const handled = a.sink.messages.length + b.sink.messages.length;
  await a.deploy({ topics, nodes: { keep, sink } });
  await b.deployer.catchUp();
  await a.publish("jobs", ...Array.from({ length: 50 }, (_, index) => index));
  await eventually(() => a.sink.messages.length + b.sink.messages.length === handled + 50);
  expect(await waitingIn(a.backend, JOBS)).toMatchObject({ "main/keep": 52 });
});

test("a deploy at one engine removes it for all; one that was paused meanwhile does not make it anew", async () => {
  const script = (code: string) => ({ type: "script", config: { code }, inputs: { in: ["jobs"] } });
  const other = script("return undefined;");
  const namespace = randomUUID().slice(0, 8);
  await using given = new Engines({
    flow: { topics, nodes: { keep: script("throw new Error('later');"), other } },
    redis: redis.url,
    namespace,
  });
  await given.start("a", "b");
  const a = given.engine("a");
  const readers = async () =>
    (await a.api<TopicDetail>("GET", "/api/flows/main/topics/jobs")).groups.map(({ node }) => node).sort();
  const publish = (payload: unknown) => a.api("POST", "/api/flows/main/topics/jobs/messages", { payload });
  const deploy = (nodes: object) =>
    a.api<DeployResult>("PUT", "/api/flows/main", { flow: { topics, nodes }, baseRevision: undefined });
  // By its card: then the file that both share is written, and the pause leaves no half of it for later.
  const bReached = (wanted: number) =>
    eventually(async () => {
      const cards = await redis.command("HVALS", `${namespace}:engines`);
      return cards
        .split("\r\n")
        .some((text) => text.includes('"engine":"b"') && text.includes(`"main":${wanted}`));
    });
  await eventually(async () => (await a.api<EngineInfo[]>("GET", "/api/engines")).length === 2);
  for (const payload of [1, 2, 3]) await publish(payload);
  const { problems } = await deploy({ other });
  expect(problems.map(({ code }) => code)).toContain("deploy/reader-removed");
  await eventually(async () => (await readers()).length === 1);

  await deploy({ other, second: script("throw new Error('later');") });
  await bReached(3);
  await publish(4);
  process.kill(given.engine("b").pid, "SIGSTOP");
  await deploy({ other });
  await eventually(async () => (await readers()).length === 1);
  process.kill(given.engine("b").pid, "SIGCONT");
  await publish(5);
  await eventually(() => given.engine("b").output.includes("The engine has started anew."));
  await publish(6);
  await bReached(4);
  expect(await readers()).toEqual(["other"]);
  expect(given.engine("b").output).not.toContain("was missing in Redis");
});
