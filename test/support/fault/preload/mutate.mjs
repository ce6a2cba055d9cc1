// Loaded into an engine before it starts (node --import): changes the text of its source files while they are read, so
// that a test can see whether it would notice such a fault. FAULT_MUTATION: JSON of `[{ file, find, replace }]`.
import fs from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const changes = JSON.parse(process.env.FAULT_MUTATION ?? "[]");

function mutated(path, text) {
  let result = text;
  for (const { file, find, replace } of changes) {
    if (!path.endsWith(file)) continue;
    if (!result.includes(find)) {
      process.stderr.write(`The mutant no longer fits ${file}: it has no text "${find}".\n`);
      process.kill(process.pid, "SIGKILL");
    }
    result = result.replaceAll(find, () => replace);
  }
  return result;
}

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!changes.some(({ file }) => url.endsWith(file))) return loaded;
    return { ...loaded, source: mutated(url, String(loaded.source)) };
  },
});

// Lua files are read, not imported.
const { readFileSync } = fs;
fs.readFileSync = (path, ...options) => {
  const content = readFileSync(path, ...options);
  const name = path instanceof URL ? path.pathname : String(path);
  return name.endsWith(".lua") && isMainThread ? mutated(name, content) : content;
};
syncBuiltinESMExports();
