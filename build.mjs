// Makes what is published: dist/ of every package but the editor's (Vite makes that one), from nothing, so that no
// file of a source long gone stays in it. TypeScript becomes JavaScript with declarations; what else is read at run
// time is copied to the same place in dist/, so a module finds it by the same relative path as in the checkout.
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const assets = { engine: ["backend/redis/functions", "cli/templates"] };

const nodePackages = readdirSync(join(root, "nodes")).map((name) => `nodes/${name}`);
const compiled = [...nodePackages, "engine"].filter((path) => existsSync(join(root, path, "tsconfig.json")));

for (const path of compiled) rmSync(join(root, path, "dist"), { recursive: true, force: true });
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const { status } = spawnSync(process.execPath, [compiler, "--build", ...compiled], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
for (const [path, folders] of Object.entries(assets)) {
  for (const folder of folders)
    cpSync(join(root, path, folder), join(root, path, "dist", folder), { recursive: true });
}
for (const path of [...compiled, "editor", "proto"])
  copyFileSync(join(root, "LICENSE"), join(root, path, "LICENSE"));
