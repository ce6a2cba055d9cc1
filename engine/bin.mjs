#!/usr/bin/env node
// The program `engine` (also `millrace`). Runs the CLI on Node >= 24: on an older one it starts the Node that
// the npm package `node` brings. In a checkout the TypeScript sources run as they are; published, dist/ does.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const fromSource = existsSync(join(here, "cli", "main.ts"));

if (Number(process.versions.node.split(".")[0]) < 24) {
  startWith(findNewerNode());
} else {
  // biome-ignore lint/suspicious/noProto: naming it is the only way to take it away
  delete Object.prototype.__proto__; // as --disable-proto=delete: a flow or payload must never reach a prototype
  if (fromSource) {
    nodeModule.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: ["millrace-source", ...context.conditions] }),
    });
  }
  await import(fromSource ? "./cli/main.ts" : "./dist/cli/main.js");
}

function findNewerNode() {
  try {
    const folder = dirname(nodeModule.createRequire(import.meta.url).resolve("node/package.json"));
    return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
  } catch {
    process.stderr.write(
      `Millrace needs Node 24 or newer; this is ${process.versions.node}. Update Node, or: npm install node@24\n`,
    );
    process.exit(3);
  }
}

function startWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"], // the channel tells the child when this process is killed
    env: { ...process.env, MILLRACE_LAUNCHED: "1" },
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  let toldBy = (signal) => child.kill(signal);
  // An engine that is up asks for messages: a Ctrl+C reaches it from the terminal too, and must not count twice.
  child.on("message", (wish) => {
    if (wish === "signals-as-messages") toldBy = (signal) => child.connected && child.send(signal, () => {});
  });
  for (const signal of signals) process.on(signal, () => toldBy(signal));
  child.on("error", (error) => {
    process.stderr.write(`Node 24 could not be started: ${error.message}. Run: npm install node@24\n`);
    process.exit(3);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const own of signals) process.removeAllListeners(own); // so that this process ends as the child did
    process.kill(process.pid, signal);
  });
}
