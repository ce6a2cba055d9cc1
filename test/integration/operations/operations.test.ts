// What those who operate engines use: metrics, doctor, heartbeat and tap, on a real engine with a real Redis.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoctorReport, HealthReport, TopicDetail } from "../../../engine/admin/api.ts";
import { runEngine } from "../../support/command-line.ts";
import { EngineProcess } from "../../support/engine-process.ts";
import { eventually } from "../../support/eventually.ts";
import { nodeSource, type TemporaryFolder, temporaryFolder } from "../../support/package-folder.ts";
import { RedisServer } from "../../support/redis-server.ts";

const BIN = join(import.meta.dirname, "../../../engine/bin.mjs");
const flow = {
  packages: ["../nodes/failing"],
  topics: { orders: { delivery: "stream" }, alerts: {} },
  nodes: {
    packer: { type: "failing", inputs: { in: ["orders"] }, retry: { attempts: 2, backoff: "1ms" } },
    show: { type: "debug", inputs: { in: ["alerts"] } },
  },
};

let redis: RedisServer;
let folder: TemporaryFolder;
let engine: EngineProcess;
beforeAll(async () => {
  redis = await RedisServer.start({ settings: { appendonly: "yes" } });
  folder = temporaryFolder({
    "flows/main.json": flow,
    "nodes/failing/package.json": { name: "failing", version: "1.0.0", type: "module" },
    "nodes/failing/index.js": nodeSource(
      "failing",
      'start() { return { in({ payload }) { if (payload === "poison") throw new Error("It is poison."); } }; },',
    ),
  });
  engine = await start(folder);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const start = (of: TemporaryFolder, ...args: string[]) =>
  EngineProcess.start({
    flows: join(of.path, "flows/main.json"),
    data: join(of.path, "data"),
    redis: redis.url,
    args,
  });
const command = (...words: string[]) =>
  runEngine([...words, "--data", "data", "--token", "test-token-0123456789"], { folder: folder.path });
const publish = (topic: string, payload: unknown) =>
  engine.api("POST", `/api/flows/main/topics/${topic}/messages`, { payload });
const detail = () => engine.api<TopicDetail>("GET", "/api/flows/main/topics/orders");

async function metricsOf(headers: Record<string, string>, of = engine) {
  const response = await fetch(`${of.adminUrl}/metrics`, { headers });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}
const signedIn = { authorization: "Bearer test-token-0123456789" };

describe("the numbers of an engine", () => {
  it("tell what became of every entry, in /metrics and at the topic", async () => {
    await publish("orders", "tea");
    await publish("orders", "poison");
    await eventually(async () => (await detail()).handled[0]?.deadLettered === 1);
    expect(await detail()).toMatchObject({
      dropped: 0,
      voided: 0,
      handled: [
        {
          node: "packer",
          taken: 2,
          committed: 1,
          deferred: 1,
          retried: 1,
          deadLettered: 1,
          fenced: 0,
          discarded: 0,
        },
      ],
    });
    const { type, text } = await metricsOf(signedIn);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    const reader = '{flow="main",topic="orders",node="packer",engine="[^"]+"}';
    for (const [name, value] of [
      ["millrace_stream_taken_total", 2],
      ["millrace_stream_committed_total", 1],
      ["millrace_stream_deferred_total", 1],
      ["millrace_stream_dead_lettered_total", 1],
      ["millrace_group_pending", 0],
    ]) {
      expect(text).toMatch(new RegExp(`^${name}${reader} ${value}$`, "m"));
    }
    expect(text).toMatch(/^millrace_dead_letters\{flow="main",topic="orders\.dead",engine="[^"]+"\} 1$/m);
    expect(text).toMatch(/^millrace_node_received_total\{flow="main",node="packer",engine="[^"]+"\} 3$/m);
    expect(text).toMatch(/^process_resident_memory_bytes\{engine="[^"]+"\} \d+/m);
  });

  it("are for those with the token, unless the engine was started with --open-metrics", async () => {
    expect((await metricsOf({})).status).toBe(401);
    using other = temporaryFolder({ "flows/main.json": { nodes: {} } });
    await using open = await start(other, "--open-metrics", "--namespace", "open");
    expect((await metricsOf({}, open)).status).toBe(200);
  });
});

describe("engine doctor", () => {
  it("finds a system sound, and warns of what people should look at", async () => {
    await publish("orders", "poison");
    await eventually(async () => ((await detail()).handled[0]?.deadLettered ?? 0) > 0);
    const { code, stdout } = await command("doctor");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warning\s+Messages were given up\. .*engine dead FLOW\/TOPIC/m);
    expect(stdout).toMatch(/^ {10}- main\/orders: \d+$/m);
    expect(stdout).toMatch(/^sound, with 1 warning$/m);
  });

  it("finds by Redis alone what the engine finds", async () => {
    const [byEngine, byRedis] = await Promise.all([
      command("doctor", "--json"),
      runEngine(["doctor", "--json", "--redis", redis.url], { folder: folder.path }),
    ]);
    const judged = ({ stdout }: { stdout: string }) =>
      (JSON.parse(stdout) as DoctorReport).findings.map(({ check, level, items }) => ({
        check,
        level,
        items,
      }));
    expect(judged(byRedis)).toEqual(judged(byEngine));
    expect(byRedis.code).toBe(0);
  });

  it("finds groups that nobody reads by, and entries that nobody takes over", async () => {
    const key = "mr:{main}:topic:orders";
    try {
      // A lease of a second, so that these entries have been left for long enough soon.
      using other = temporaryFolder({ "flows/other.json": { nodes: {} } });
      await using short = await EngineProcess.start({
        flows: join(other.path, "flows/other.json"),
        data: join(other.path, "data"),
        redis: redis.url,
        args: ["--lease", "1s"],
      });
      // Not before: at its start an engine removes what nobody reads by.
      await redis.command("XGROUP", "CREATE", key, "main/gone", "0");
      await redis.command("XGROUP", "CREATE", key, "main/show", "0");
      await redis.command("XREADGROUP", "GROUP", "main/show", "dead:1", "STREAMS", key, ">");
      const report = () => short.api<DoctorReport>("GET", "/api/doctor");
      const level = async (check: string) => (await report()).findings.find((each) => each.check === check);
      await eventually(async () => (await level("pending"))?.level === "violated");
      expect(await level("pending")).toMatchObject({
        items: [expect.stringMatching(/^main\/orders: \d+ held by "dead:1" for "main\/show"$/)],
      });
      expect(await level("orphan-groups")).toMatchObject({
        level: "warning",
        items: ["main/gone", "main/show"].map((group) =>
          expect.stringContaining(`redis-cli XGROUP DESTROY '${key}' '${group}'`),
        ),
      });
      expect((await report()).status).toBe("violated");
    } finally {
      await redis.command("XGROUP", "DESTROY", key, "main/gone");
      await redis.command("XGROUP", "DESTROY", key, "main/show");
    }
  });

  it("says that Redis cannot be reached, with exit code 1", async () => {
    const result = await runEngine(["doctor", "--redis", "redis://127.0.0.1:1"], { folder: folder.path });
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining("cannot be reached") });
  });
});

describe("engine heartbeat", () => {
  it("prints the report, with exit code 0 while all is well and 1 when a part is not", async () => {
    const well = await command("heartbeat", "--json");
    expect(well.code).toBe(0);
    expect(JSON.parse(well.stdout) as HealthReport).toMatchObject({ status: "healthy" });
    using other = temporaryFolder({ "flows/main.json": flow });
    await using _ = await start(other, "--namespace", "broken");
    const { code, stdout } = await runEngine(
      ["heartbeat", "--data", "data", "--token", "test-token-0123456789"],
      {
        folder: other.path,
      },
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/node main\/packer +error/) });
  });
});

describe("engine tap", () => {
  it("shows messages as they come, of topics that keep none too, and ends after so many", async () => {
    const words = ["tap", "main/alerts", "--count", "2", "--json", "--data", "data"];
    const child = spawn(process.execPath, [BIN, ...words, "--token", "test-token-0123456789"], {
      cwd: folder.path,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
    });
    const ended = once(child, "exit");
    await once(child.stderr, "data"); // it says that it watches
    await publish("alerts", { number: 1 });
    await publish("alerts", { number: 2 });
    expect(await ended).toEqual([0, null]);
    const payloads = said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).payload);
    expect(payloads).toEqual([{ number: 1 }, { number: 2 }]);
  });

  it("says what is wrong with a topic that is not there", async () => {
    const { code, stderr } = await command("tap", "main/alert");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Did you mean "alerts"?') });
  });
});
