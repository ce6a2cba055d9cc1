// Programs that know nothing of Millrace take part through Redis: redis-cli on json topics, LiteBoty services with
// their own envelope. A real engine, the example flow, a real redis-cli.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import protobuf from "protobufjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EngineProcess, flowFolder } from "../../support/engine-process.ts";
import { RedisServer } from "../../support/redis-server.ts";

const FLOW = resolve(import.meta.dirname, "../../../flows/examples/bridge.json");
/** LiteBoty's own bytes: JSON `{"a": 1}` at 1700000000000, and three bytes with the metadata version 2.0. */
const LITEBOTY_JSON = "0801120c0880d095ffbc311203312e301a087b2261223a20317d";
const LITEBOTY_BINARY = "0803121c0880d095ffbc311203322e301a0e0a0776657273696f6e1203322e301a030001ff";

/** What a LiteBoty service has: three fields, and no idea of the others. */
const LITEBOTY = protobuf
  .parse(`
  syntax = "proto3"; package liteboty;
  message Metadata { int64 timestamp = 1; string version = 2; map<string,string> attributes = 3; }
  message Message { enum Type { UNKNOWN=0; JSON=1; IMAGE=2; BINARY=3; NUMPY=4; }
    Type type = 1; Metadata metadata = 2; bytes data = 3; }`)
  .root.lookupType("liteboty.Message");

let redis: RedisServer;
let engine: EngineProcess;
let client: Redis;
const data = mkdtempSync(join(tmpdir(), "millrace-peers-"));

beforeAll(async () => {
  redis = await RedisServer.start();
  engine = await EngineProcess.start({ flows: FLOW, data, redis: redis.url });
  client = new Redis(redis.url);
});

afterAll(async () => {
  client.disconnect();
  await engine[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  rmSync(data, { recursive: true, force: true });
});

test("redis-cli PUBLISH reaches a script, redis-cli SUBSCRIBE and XRANGE see what it emits", async () => {
  const subscriber = spawn("redis-cli", ["-p", String(redis.port), "SUBSCRIBE", "/clean"]);
  try {
    let heard = "";
    subscriber.stdout.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
    });
    while (!heard.includes("subscribe")) await once(subscriber.stdout, "data");
    await cli("PUBLISH", "/raw", '{"celsius": "21,5", "sensor": "kitchen"}');
    while (!heard.includes("21.5")) await once(subscriber.stdout, "data");
    expect(heard.split("\n")).toContain('{"sensor":"kitchen","celsius":21.5}');
    expect(await cli("XRANGE", "/history", "-", "+")).toContain('{"sensor":"kitchen","celsius":21.5}');
  } finally {
    subscriber.kill();
  }
});

test("LiteBoty's messages go through a script, and come out as LiteBoty reads them", async () => {
  using folder = flowFolder(
    {
      topics: { "/from/liteboty": { delivery: "pubsub" }, "/to/liteboty": { delivery: "pubsub" } },
      nodes: {
        pass: {
          type: "script",
          config: { code: "return message.payload;" },
          inputs: { in: ["/from/liteboty"] },
          outputs: { out: ["/to/liteboty"] },
        },
      },
    },
    {},
    "liteboty",
  );
  // Of another cluster: engines on one namespace run each other's flows, and would answer twice.
  const args = ["--namespace", "own"];
  await using own = await EngineProcess.start({
    flows: folder.flow,
    data: folder.data,
    redis: redis.url,
    args,
  });
  expect(own.output).toContain("liteboty (1 node)");
  const listener = new Redis(redis.url);
  try {
    await listener.subscribe("/to/liteboty");
    const answers: unknown[] = [];
    for (const vector of [LITEBOTY_JSON, LITEBOTY_BINARY]) {
      const answer = nextMessage(listener);
      await client.publish("/from/liteboty", Buffer.from(vector, "hex"));
      answers.push(LITEBOTY.toObject(LITEBOTY.decode(await answer), { enums: String, longs: Number }));
    }
    expect(answers).toEqual([
      {
        type: "JSON",
        metadata: { timestamp: expect.any(Number), version: "1.0" },
        data: Buffer.from('{"a":1}'),
      },
      {
        type: "BINARY",
        metadata: { timestamp: expect.any(Number), version: "2.0", attributes: { version: "2.0" } },
        data: Buffer.from([0, 1, 255]),
      },
    ]);
  } finally {
    listener.disconnect();
  }
});

async function cli(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("redis-cli", ["-p", String(redis.port), ...words]);
  return stdout;
}

function nextMessage(listener: Redis): Promise<Buffer> {
  return new Promise((done) => {
    listener.once("messageBuffer", (_channel: Buffer, message: Buffer) => done(message));
  });
}
