// Entry of the program `engine`; bin.mjs starts it. The only place that ends the process by its own will, with
// cli/stop.ts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "./program.ts";
import { createTerminal } from "./terminal.ts";

const code = await runCommandLine(process.argv.slice(2), {
  stdout: createTerminal(process.stdout, process.env),
  stderr: createTerminal(process.stderr, process.env),
  environment: process.env,
  folder: process.cwd(),
  version: readVersion(),
});
process.exitCode = code;
// What is written must be out before the end, and what packages left open must not keep the process.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));

/** In the sources beside this folder; in the published package, which compiles to dist/, two above. */
function readVersion(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8"));
      if (name === "@millrace/engine") return version;
    } catch {
      // not there: the other one is
    }
  }
  return "0.0.0";
}
