// Reads flows from disk. With write.ts the only place of this layer that touches the world; it judges no more than
// what needs the files themselves. validate.ts says the rest.
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { errorText, type Problem } from "../base/errors/error.ts";
import {
  flowFileOutside,
  flowLayoutBroken,
  flowNotFound,
  flowNotJson,
  flowTooBig,
  flowUnreadable,
} from "../base/errors/flow.ts";
import type { FlowBundle, LayoutDocument } from "./document.ts";
import { parseJson } from "./json-text.ts";
import { measure } from "./measure.ts";
import { LIMITS } from "./names.ts";
import { isFields } from "./outline.ts";
import { fileKey, fileReferences } from "./references.ts";

export interface ReadFlow {
  /** The file's name without `.json`. */
  readonly name: string;
  readonly bundle: FlowBundle;
  /** What reading found: syntax, names that stand twice, files that cannot be read. The rest is for `validateFlow`. */
  readonly problems: Problem[];
  /** The flow file's text, for `withPlaces`; empty when it could not be read. */
  readonly text: string;
}

const LIMIT_BYTES = LIMITS.fileMegabytes * 1024 * 1024;
const NO_FLOWS = /^(package|package-lock|npm-shrinkwrap|tsconfig.*|jsconfig|biome|millrace\.config)\.json$/;

/** The flow's name by its file. */
export function flowNameOf(file: string): string {
  return basename(file).replace(/\.json$/, "");
}

/** Never throws: what is wrong with the files is in `problems`, and the bundle holds what could be read. */
export async function readFlow(file: string): Promise<ReadFlow> {
  const name = flowNameOf(file);
  const read = await readText(file);
  if (typeof read !== "string") return { name, bundle: emptyBundle(), problems: [read], text: "" };
  const parsed = parseJson(read);
  if (parsed.value === undefined)
    return { name, bundle: emptyBundle(), problems: parsed.problems, text: read };
  if (!isFields(parsed.value) || measure(parsed.value).deep) {
    const reason = "A flow is an object. Write { at the beginning and } at the end.";
    const problem = flowNotJson.problem({ reason }, { path: "", line: 1, column: 1 });
    return { name, bundle: emptyBundle(), problems: [problem], text: read };
  }
  const [layout, files] = await Promise.all([readLayout(file), readReferences(file, parsed.value)]);
  return {
    name,
    bundle: { flow: parsed.value, layout: layout.layout, files: files.files },
    problems: [...parsed.problems, ...files.problems, ...layout.problems],
    text: read,
  };
}

/**
 * The flow files that these paths mean, each once: a folder means every flow in it, by name. Throws `flow/not-found`
 * for a path where nothing is.
 */
export async function flowFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found) throw flowNotFound({ file: path }, { place: { file: path } });
    if (!found.isDirectory()) files.push(path);
    else files.push(...(await flowsIn(path)));
  }
  const seen = new Set<string>();
  return files.filter((file) => !seen.has(resolve(file)) && seen.add(resolve(file)));
}

async function flowsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && isFlowFileName(entry.name))
    .map((entry) => entry.name)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const files: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    if (await looksLikeFlow(file)) files.push(file);
  }
  return files;
}

/** Whether a file of this name in a folder of flows may be one: not a layout, a test, or a project's own file. */
export function isFlowFileName(name: string): boolean {
  return /^[^.].*\.json$/.test(name) && !/\.(layout|test)\.json$/.test(name) && !NO_FLOWS.test(name);
}

/** A file that cannot be read as JSON counts as a flow: its problems must be seen. */
async function looksLikeFlow(file: string): Promise<boolean> {
  const text = await readText(file);
  if (typeof text !== "string") return true;
  const { value } = parseJson(text);
  if (value === undefined) return true;
  if (!isFields(value)) return false;
  const schema = value.$schema;
  if (typeof schema === "string" && schema.endsWith("flow.schema.json")) return true;
  return Object.keys(value).length === 0 || ["topics", "nodes", "types"].some((key) => isFields(value[key]));
}

async function readLayout(flowFile: string): Promise<{ layout: LayoutDocument; problems: Problem[] }> {
  const file = layoutFileOf(flowFile);
  if (!(await stat(file).catch(() => undefined))) return { layout: {}, problems: [] };
  const ignored = (reason: string) => ({
    layout: {},
    problems: [
      flowLayoutBroken.problem({ file: basename(file), reason }, { path: "", file: basename(file) }),
    ],
  });
  const text = await readText(file);
  if (typeof text !== "string") return ignored(text.message);
  const { value, problems } = parseJson(text);
  if (value === undefined) return ignored(problems[0]?.message ?? "It is not JSON.");
  if (!isFields(value)) return ignored("A layout is an object.");
  return { layout: value, problems: [] };
}

async function readReferences(
  flowFile: string,
  flow: unknown,
): Promise<{ files: Record<string, string>; problems: Problem[] }> {
  const folder = dirname(resolve(flowFile));
  const problems: Problem[] = [];
  const files = new Map<string, string>();
  for (const { path, file } of fileReferences(flow)) {
    const key = fileKey(file);
    // Paths that leave the folder by their spelling are told by validateFlow, as are files that are not there.
    if (key === undefined || files.has(key)) continue;
    const real = await realpath(join(folder, key)).catch(() => undefined);
    if (real === undefined) continue;
    if (!isInside(await realpath(folder), real)) {
      problems.push(flowFileOutside.problem({ file }, { path }));
      continue;
    }
    const text = await readText(real, key);
    if (typeof text === "string") files.set(key, text);
    else problems.push({ ...text, path });
  }
  return { files: Object.fromEntries(files), problems };
}

/** The text, without a byte order mark; or the problem that kept it from being read. */
async function readText(file: string, name = file): Promise<string | Problem> {
  try {
    const found = await stat(file);
    if (!found.isFile())
      return flowUnreadable.problem({ file: name, reason: "it is not a file" }, { path: "" });
    if (found.size > LIMIT_BYTES) {
      return flowTooBig.problem({ file: name, megabytes: LIMITS.fileMegabytes }, { path: "" });
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (isCode(error, "ENOENT")) return flowNotFound.problem({ file: name }, { path: "" });
    const reason = error instanceof TypeError ? "it is not UTF-8 text" : errorText(error);
    return flowUnreadable.problem({ file: name, reason }, { path: "" });
  }
}

export function layoutFileOf(flowFile: string): string {
  return flowFile.replace(/(\.json)?$/, ".layout.json");
}

export function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function emptyBundle(): FlowBundle {
  return { flow: {}, layout: {}, files: {} };
}
