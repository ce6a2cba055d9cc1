// One measurement of Millrace: a real engine with a flow of the case. Prints messages per second.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createLogger } from "../../engine/base/logger.ts";
import { startEngine } from "../../engine/engine.ts";
import { caseNamed, SCRIPT } from "./cases.ts";

const { steps, messages } = caseNamed(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "millrace-bench-"));
const packageFolder = resolve(import.meta.dirname, "nodes");

const topics = Object.fromEntries([...steps, "sink"].map((_, index) => [`t${index}`, {}]));
const nodes = Object.fromEntries([
  ["source", { type: "bench-source", outputs: { out: ["t0"] } }],
  ...steps.map((step, index) => [
    `step${index}`,
    {
      type: step === "pass" ? "bench-pass" : "script",
      ...(step === "script" ? { config: { code: SCRIPT } } : {}),
      inputs: { in: [`t${index}`] },
      outputs: { out: [`t${index + 1}`] },
    },
  ]),
  ["sink", { type: "bench-sink", inputs: { in: [`t${steps.length}`] } }],
]);
const flow = join(folder, "bench.json");
writeFileSync(flow, JSON.stringify({ packages: [packageFolder], topics, nodes }));

const logger = createLogger({ level: "warn", json: false, write: (text) => process.stderr.write(text) });
const engine = await startEngine(
  {
    flows: [flow],
    redis: undefined,
    namespace: "bench",
    name: undefined,
    dataFolder: join(folder, "data"),
    host: "127.0.0.1",
    port: 0,
    httpPort: 0,
    token: undefined,
    editor: false,
    logLevel: "warn",
    jsonLogs: false,
    drainTimeoutMs: 1_000,
  },
  { logger },
);

/** Until the sink has had them all, as its counts say. */
async function run(count: number): Promise<number> {
  const before = engine.node("bench", "sink").counts.settled;
  const began = performance.now();
  const fired = engine.inject("bench", "source", { payload: count });
  while (engine.node("bench", "sink").counts.settled < before + count) {
    await new Promise((next) => void setTimeout(next, 2));
  }
  await fired;
  return count / ((performance.now() - began) / 1000);
}

await run(messages / 4); // warm
process.stdout.write(`${JSON.stringify({ rate: await run(messages) })}\n`);
await engine[Symbol.asyncDispose]();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
