// The code of every context, read once: the files of ../isolate as JavaScript, and msgpackr for those who need it.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const EXTENSION = extname(fileURLToPath(import.meta.url));
const cache = new Map<string, string>();

/** The entry module's name for `readKernelModule`. */
export const KERNEL_ENTRY = `kernel${EXTENSION}`;

/** JavaScript of one file of the isolate's folder, by its name with extension (`./` allowed). */
export function readKernelModule(specifier: string): string {
  const name = specifier.replace(/^\.\//, "");
  const known = cache.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`../isolate/${name}`, import.meta.url), "utf8");
  const code = EXTENSION === ".ts" ? stripTypeScriptTypes(text, { mode: "strip" }) : text;
  cache.set(name, code);
  return code;
}

/** A script whose value is the library's exports. */
export function readPackerLibrary(): string {
  const file = fileURLToPath(import.meta.resolve("msgpackr/index-no-eval"));
  return `(() => { const exports = {}; const module = { exports }; ${readFileSync(file, "utf8")}\nreturn exports; })()`;
}
