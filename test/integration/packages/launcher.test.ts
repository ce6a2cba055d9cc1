// engine/bin.mjs on a Node that is too old: it starts the Node that the package `node` brings, and stands in for it.
// The older Node is a new one that says it is old; and a really old one, where the machine has it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeSource, type TemporaryFolder, temporaryFolder } from "../../support/package-folder.ts";

const BIN = join(import.meta.dirname, "../../../engine/bin.mjs");
const PRETEND =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';

/** Takes its one message, and has it until the engine's process gets a signal of the system. */
const PATIENT = `start() {
  return {
    in() {
      const { promise, resolve } = Promise.withResolvers();
      process.once("SIGINT", resolve);
      console.log("busy");
      return promise;
    },
  };
}`;

const olderNodes = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter((file) => existsSync(file) && versionOf(file) < 24);
const launchers: [name: string, command: string, ...flags: string[]][] = [
  ["a Node that says it is 20", process.execPath, "--import", PRETEND],
  ...olderNodes.slice(0, 1).map((file): [string, string] => [`Node ${versionOf(file)}`, file]),
];

function versionOf(node: string): number {
  return Number(/^v(\d+)/.exec(execFileSync(node, ["--version"], { encoding: "utf8" }))?.[1]);
}

let folder: TemporaryFolder;
let launched: ChildProcess | undefined;
/** Of the engine, as it says itself; 0 before it is up. */
const enginePid = (): number => {
  const file = join(folder.path, ".millrace/engine.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).pid : 0;
};
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeEach(() => {
  folder = temporaryFolder({
    "nodes/patient/package.json": { name: "patient", version: "1.0.0", type: "module" },
    "nodes/patient/index.js": nodeSource("patient", PATIENT),
    "flows/main.json": {
      topics: { ticks: {} },
      nodes: { show: { type: "debug", inputs: { in: ["ticks"] } } },
    },
    "patient/main.json": {
      packages: ["../nodes/patient"],
      topics: { ticks: {} },
      nodes: {
        ping: { type: "timer", config: { every: "20ms", count: 1 }, outputs: { tick: ["ticks"] } },
        patient: { type: "patient", inputs: { in: ["ticks"] } },
      },
    },
  });
});
afterEach(() => {
  const pid = enginePid();
  launched?.kill("SIGKILL");
  if (pid > 0 && isAlive(pid)) process.kill(pid, "SIGKILL");
  launched = undefined;
  folder[Symbol.dispose]();
});

describe.each(launchers)("engine on %s", (_, command, ...flags) => {
  function launch(...words: string[]) {
    const child = spawn(command, [...flags, BIN, ...words], {
      cwd: folder.path,
      stdio: ["ignore", "pipe", "pipe"],
    });
    launched = child;
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
    });
    const until = async (wanted: RegExp) => {
      while (!wanted.test(said)) await once(child.stdout, "data");
    };
    return { child, until };
  }

  const start = async (flows: string) => {
    const { child, until } = launch("--flows", flows, "--port", "0", "--http-port", "0", "--no-editor");
    await until(/^ready$/m);
    expect(enginePid()).not.toBe(child.pid);
    return { child, until };
  };
  const ended = async (child: ChildProcess) => {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode ?? child.signalCode;
  };

  it("runs commands in Node 24 and ends with their exit codes", async () => {
    const help = launch("--help").child;
    expect(await text(help.stdout)).toContain("engine");
    expect(await ended(help)).toBe(0);
    expect(await ended(launch("validate", "gone.json").child)).toBe(1);
    expect(await ended(launch("no-such-command").child)).toBe(2);
  });

  it("hands a signal on: the engine drains and both end with 0", async () => {
    const { child } = await start("flows");
    const pid = enginePid();
    child.kill("SIGTERM");
    expect(await ended(child)).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it("stops at once when it is signalled twice", async () => {
    const { child, until } = await start("patient");
    await until(/^busy$/m);
    child.kill("SIGINT");
    await until(/^Stopping:/m);
    child.kill("SIGINT");
    expect(await ended(child)).toBe(1);
  });

  // A terminal sends Ctrl+C to every process of the group; the launcher's copy once counted as the second.
  it("drains when both get the same Ctrl+C", async () => {
    const { child, until } = await start("patient");
    await until(/^busy$/m);
    child.kill("SIGINT");
    await until(/^Stopping:/m);
    process.kill(enginePid(), "SIGINT");
    expect(await ended(child)).toBe(0);
  });

  it("dies of the signal that the engine died of", async () => {
    const { child } = await start("flows");
    process.kill(enginePid(), "SIGKILL");
    expect(await ended(child)).toBe("SIGKILL");
  });

  it("takes the engine along when it is killed itself", async () => {
    const { child } = await start("flows");
    const closed = once(child, "close"); // both have let go of the output
    child.kill("SIGKILL");
    await closed;
    expect(await ended(child)).toBe("SIGKILL");
  });
});
