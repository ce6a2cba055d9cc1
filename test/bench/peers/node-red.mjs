// One measurement of Node-RED: its own runtime with a flow of the case. Prints messages per second.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RED from "node-red";

const { steps, messages, functionBody } = JSON.parse(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "node-red-bench-"));
/** Messages under way at once: Node-RED has no back pressure, its queues would only grow. */
const WINDOW = 1000;

const server = createServer();
RED.init(server, {
  userDir: folder,
  httpAdminRoot: false,
  httpNodeRoot: false,
  flowFile: "flows.json",
  logging: { console: { level: "error" } },
  credentialSecret: "bench",
  nodesDir: join(import.meta.dirname, "node-red-nodes"),
});
await RED.start();

const nodes = [
  { id: "tab", type: "tab", label: "bench" },
  { id: "source", type: "bench-source", z: "tab", wires: [["step0"]] },
  ...steps.map((step, index) => ({
    id: `step${index}`,
    z: "tab",
    wires: [[index === steps.length - 1 ? "sink" : `step${index + 1}`]],
    ...(step === "script"
      ? { type: "function", func: functionBody, outputs: 1, noerr: 0, initialize: "", finalize: "", libs: [] }
      : { type: "bench-pass" }),
  })),
  { id: "sink", type: "bench-sink", z: "tab", wires: [] },
];
await RED.runtime.flows.setFlows({ flows: { flows: nodes } });
const bench = globalThis.millraceBench;
while (!bench.started) await new Promise((next) => setTimeout(next, 10));

function run(count) {
  return new Promise((resolve) => {
    const began = performance.now();
    let sent = 0;
    let received = 0;
    const send = () => {
      while (sent < count && sent - received < WINDOW) bench.send({ n: sent++ });
    };
    bench.received = () => {
      received++;
      if (received === count) resolve(count / ((performance.now() - began) / 1000));
      else if (received % (WINDOW / 2) === 0) send();
    };
    send();
  });
}

await run(messages / 4); // warm
process.stdout.write(`${JSON.stringify({ rate: await run(messages) })}\n`);
await RED.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
