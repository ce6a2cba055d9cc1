import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type RunningEngine, startEngine } from "../../../engine/engine.ts";
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

/** An endpoint that answers with what was asked; its timeout tells the versions apart. */
const flow = (timeout: string): FlowDocument => ({
  topics: { requests: {} },
  nodes: {
    ask: { type: "http-in", config: { path: "/:name", timeout }, outputs: { request: ["requests"] } },
    answer: { type: "http-response", inputs: { response: ["requests"] } },
  },
});

async function inFolder(test: (engine: RunningEngine) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-redeploy-"));
  const file = join(folder, "main.json");
  await writeFile(file, JSON.stringify(flow("30s")));
  const engine = await startEngine(
    {
      flows: [file],
      redis: undefined,
      namespace: "mr",
      name: undefined,
      dataFolder: join(folder, "data"),
      host: "127.0.0.1",
      port: 0,
      httpPort: 0,
      token: "a-token-for-this-test",
      editor: false,
      logLevel: "warn",
      jsonLogs: false,
      drainTimeoutMs: 10_000,
    },
    { logger: quietLogger().logger },
  );
  try {
    await engine.whenReady;
    await test(engine);
  } finally {
    await engine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

function statusOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    request.once("error", reject);
  });
}

it("while an endpoint is redeployed again and again, every request is answered", () =>
  inFolder(async (engine) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const statuses = new Map<number, number>();
    let deploying = true;
    const callers = Array.from({ length: 8 }, async () => {
      while (deploying) {
        const status = await statusOf(`${engine.urls.endpoints}/a`, agent);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (let revision = 1; revision <= 10; revision += 1) {
      const result = await engine.deploy("main", { flow: flow(`${revision}m`) }, "test");
      expect(result.started).toEqual(["ask"]);
    }
    deploying = false;
    await Promise.all(callers);
    agent.destroy();
    expect([...statuses.keys()]).toEqual([200]);
  }));
