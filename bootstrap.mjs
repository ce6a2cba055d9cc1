// Makes a bare clone ready, on any Node >= 18: installs npm packages when the lock file changed, builds the
// editor when its sources changed (--editor), installs redis-server and chromium for the tests (--system).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const stampFile = join(root, "node_modules", ".bootstrap.json");
const wants = new Set(process.argv.slice(2));

if (Number(process.versions.node.split(".")[0]) < 18) {
  fail(
    `Node ${process.versions.node} is too old. Install Node 18 or newer; Millrace brings its own Node 24 along.`,
  );
}

const stamps = readStamps();
const lock = hashFiles([join(root, "package-lock.json")]);
if (stamps.lock !== lock) {
  say("Installing npm packages (first run, or the lock file changed) …");
  run(
    "npm",
    ["ci", "--no-fund", "--no-audit", "--loglevel=error"],
    "npm ci failed. Check the network and try again.",
  );
  stamps.lock = lock;
  stamps.editor = undefined;
  saveStamps();
}
if (wants.has("--editor")) {
  const sources = hashFiles([
    ...listFiles(join(root, "editor")),
    ...listFiles(join(root, "nodes", "sdk")),
    join(root, "engine", "admin", "api.ts"),
  ]);
  if (stamps.editor !== sources || !existsSync(join(root, "editor", "dist", "index.html"))) {
    say("Building the editor (its sources changed) …");
    run(
      "npm",
      ["run", "build", "-w", "@millrace/editor", "--silent"],
      "The editor did not build; see above.",
    );
    stamps.editor = sources;
    saveStamps();
  }
}
if (wants.has("--system")) installSystemPackages();

function installSystemPackages() {
  const missing = [];
  if (!onPath("redis-server")) missing.push("redis-server");
  if (!existsSync("/usr/bin/chromium")) missing.push("chromium");
  if (missing.length === 0) return;
  const names = missing.join(" ");
  if (process.platform !== "linux" || !onPath("apt-get") || process.getuid?.() !== 0) {
    fail(
      `The tests need ${names}. Install with your system's package manager (Debian: sudo apt-get install ${names}), then run npm test again.`,
    );
  }
  say(`Installing ${names} for the tests …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], "apt-get update failed.", env);
  run(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", ...missing],
    `apt-get could not install ${names}.`,
    env,
  );
}

function onPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function run(command, args, failure, env = process.env) {
  const shell = process.platform === "win32";
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env, shell });
  if (result.status !== 0) fail(failure);
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && entry.name !== "dist")
    .flatMap((entry) =>
      entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)],
    );
}

function hashFiles(files) {
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    if (existsSync(file) && statSync(file).isFile())
      hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {}; // no stamp yet, or an unreadable one: everything is done again
  }
}

function saveStamps() {
  writeFileSync(stampFile, `${JSON.stringify(stamps)}\n`);
}

function say(text) {
  process.stderr.write(`millrace: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(3);
}
