// engine --flows as a process: what it says, how it is asked, and how it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runEngine } from "../../support/command-line.ts";
import { nodeSource, type TemporaryFolder, temporaryFolder } from "../../support/package-folder.ts";

const BIN = join(import.meta.dirname, "../../../engine/bin.mjs");
const flow = {
  topics: { ticks: {} },
  nodes: {
    ping: { type: "timer", config: { every: "1h" }, outputs: { tick: ["ticks"] } },
    show: { type: "debug", inputs: { in: ["ticks"] } },
  },
};

let folder: TemporaryFolder;
let engines: ChildProcess[];
beforeEach(() => {
  folder = temporaryFolder({ "flows/main.json": flow });
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) {
    if (engine.exitCode !== null || engine.signalCode !== null) continue;
    engine.kill("SIGKILL");
    await once(engine, "exit");
  }
  folder[Symbol.dispose]();
});

interface Started {
  readonly process: ChildProcess;
  /** Lines until it was ready. */
  readonly lines: readonly string[];
  /** Resolves with all that it has said once this is among it. */
  until(wanted: RegExp): Promise<string>;
}

async function start(...words: string[]): Promise<Started> {
  const flows = words.includes("--flows") ? [] : ["--flows", "flows"];
  const child = spawn(process.execPath, [BIN, ...flows, "--port", "0", "--http-port", "0", ...words], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, MILLRACE_LAUNCHED: "1" },
  });
  engines.push(child);
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
    said += piece;
  });
  const until = async (wanted: RegExp) => {
    while (!wanted.test(said)) await once(child.stdout as Readable, "data");
    return said;
  };
  const beginning = await until(/^ready$|"ready":true/m);
  return { process: child, lines: beginning.trimEnd().split("\n"), until };
}

/** A flow whose timer feeds one node of a package beside it. */
function ownFlow(type: string, code: string): TemporaryFolder {
  return temporaryFolder({
    "nodes/own/package.json": { name: "own", version: "1.0.0", type: "module" },
    "nodes/own/index.js": nodeSource(type, code),
    "flows/main.json": {
      packages: ["../nodes/own"],
      topics: { ticks: {} },
      nodes: {
        ping: { type: "timer", config: { every: "20ms", count: 1 }, outputs: { tick: ["ticks"] } },
        own: { type, inputs: { in: ["ticks"] } },
      },
    },
  });
}

const ended = async (child: ChildProcess) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
};

describe("an engine that starts", () => {
  it("says version, backend, flows, where it is found, and ready, in this order", async () => {
    const { lines } = await start("--no-editor");
    expect(lines).toEqual([
      expect.stringMatching(/^Millrace \d+\.\d+\.\d+$/),
      expect.stringMatching(/^Backend: .*\.millrace/),
      "Flow: main (2 nodes)",
      expect.stringMatching(/^Admin API: http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^Endpoints: http:\/\/127\.0\.0\.1:\d+$/),
      "ready",
    ]);
  });

  it("says the same as fields with --json-logs", async () => {
    const { lines } = await start("--no-editor", "--json-logs");
    const said = lines.map((line) => JSON.parse(line));
    expect(said).toMatchObject([
      { version: expect.any(String) },
      { backend: expect.any(String) },
      { flow: "main", nodes: 2, state: "running" },
      { admin: expect.any(String) },
      { endpoints: expect.any(String) },
      { ready: true },
    ]);
  });

  it("is found by the other commands on its data folder, and takes deploys", async () => {
    await start("--no-editor");
    const status = await runEngine(["status"], { folder: folder.path });
    expect(status).toEqual({
      code: 0,
      stdout: expect.stringContaining("main  running  revision 1  2 nodes"),
      stderr: "",
    });

    const { ping, show } = flow.nodes;
    folder.write("next/main.json", {
      topics: { ticks: {} },
      nodes: { show, ping: { ...ping, title: "Ping" } },
    });
    const looked = await runEngine(["deploy", "next/main.json", "--dry-run"], { folder: folder.path });
    expect(looked).toEqual({ code: 0, stdout: "main: 1 change\n  ~ node ping\n", stderr: "" });
    const deployed = await runEngine(["deploy", "next/main.json"], { folder: folder.path });
    expect(deployed.stdout).toMatch(/^main: revision 2 deployed \(.*\)\.$/m);

    folder.write("next/main.json", { nodes: { show: { ...show, inputs: { in: ["tics"] } } } });
    const refused = await runEngine(["deploy", "next/main.json"], { folder: folder.path });
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^next\/main\.json:\d+:\d+ error .*"tics"/m),
    });
  });
});

describe("an engine that ends", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "drains on %s and exits with 0, leaving nothing behind",
    async (signal) => {
      const { process: child } = await start();
      expect(JSON.parse(readFileSync(join(folder.path, ".millrace/engine.json"), "utf8"))).toMatchObject({
        pid: child.pid,
      });
      child.kill(signal);
      expect(await ended(child)).toBe(0);
      expect(existsSync(join(folder.path, ".millrace/engine.json"))).toBe(false);
    },
  );

  it("stops at once at the second signal, however long a message still takes", async () => {
    using endless = ownFlow(
      "endless",
      "start() { return { in: () => { console.log('busy'); return new Promise(() => {}); } }; }",
    );
    const { process: child, until } = await start(
      "--flows",
      join(endless.path, "flows"),
      "--drain-timeout",
      "1h",
    );
    await until(/^busy$/m);
    child.kill("SIGTERM");
    await until(/^Stopping:/m);
    child.kill("SIGTERM");
    expect(await ended(child)).toBe(1);
  });

  it("stops at once when the process that launched it is gone", async () => {
    const { process: child } = await start();
    child.disconnect();
    expect(await ended(child)).toBe(1);
  });
});

it("an engine survives errors that a node throws where nobody can catch them, and logs them", async () => {
  using stray = ownFlow(
    "stray",
    "start() { return { in() { setTimeout(() => { throw new Error('stray throw'); }); Promise.reject(new Error('stray promise')); } }; }",
  );
  const { process: child, until } = await start("--flows", join(stray.path, "flows"));
  const said = await until(/stray throw[\s\S]*stray promise|stray promise[\s\S]*stray throw/);
  expect(said).toMatch(
    /ERROR An error was thrown where nobody could catch it\.\nError: stray throw\n {4}at /,
  );
  expect(said).toMatch(/ERROR A promise was rejected and nobody awaited it\.\nError: stray promise\n {4}at /);
  child.kill("SIGTERM");
  expect(await ended(child)).toBe(0);
});

describe("an engine that cannot start says why, and exits with 3:", () => {
  it.each<[string, string[], RegExp]>([
    ["flows that are not there", ["--flows", "gone.json"], /^.*gone\.json.*\.\n$/],
    ["a Redis that does not answer", ["--redis", "redis://127.0.0.1:9"], /127\.0\.0\.1:9/],
  ])("%s", async (_, words, sentence) => {
    const flows = words.includes("--flows") ? [] : ["--flows", "flows"];
    const result = await runEngine(["--port", "0", "--http-port", "0", ...flows, ...words], {
      folder: folder.path,
    });
    expect(result).toMatchObject({ code: 3, stderr: expect.stringMatching(sentence) });
    expect(result.stderr).not.toMatch(/^\s+at /m);
  });
});
