// Writes a flow to disk: each file whole or not at all, files that did not change untouched, and nothing that
// belongs to something else. Code files that the flow no longer names are left where they are.
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { flowFileOutside, flowFileTaken } from "../base/errors/flow.ts";
import type { FlowBundle } from "./document.ts";
import { formatFlow, formatLayout } from "./format.ts";
import { flowNameOf, isInside, layoutFileOf, readFlow } from "./read.ts";
import { fileKey, fileReferences } from "./references.ts";

/**
 * Writes the flow, its layout and the files it names; returns the paths that changed. Throws `flow/file-outside` or
 * `flow/file-taken` before anything was written when a file is not the flow's to write.
 */
export async function writeFlow(file: string, bundle: FlowBundle): Promise<string[]> {
  const folder = dirname(resolve(file));
  await mkdir(folder, { recursive: true });
  const texts = new Map<string, string>();
  for (const [key, text] of await ownFiles(file, bundle)) texts.set(await targetOf(folder, key), text);
  const layoutFile = layoutFileOf(resolve(file));
  if (Object.keys(bundle.layout).length > 0 || (await textOf(layoutFile)) !== undefined) {
    texts.set(layoutFile, formatLayout(bundle.layout));
  }
  // The flow itself comes last: it never names a file that is not there yet.
  const flowFile = await realpath(file).catch(() => resolve(file));
  texts.set(flowFile, formatFlow(bundle.flow));

  const changed: string[] = [];
  for (const [path, text] of texts) {
    if ((await textOf(path)) === text) continue;
    await writeAtomically(path, text);
    changed.push(path);
  }
  return changed;
}

/** The named files of the bundle by their path in the folder, after a look at whom they belong to. */
async function ownFiles(flowFile: string, bundle: FlowBundle): Promise<Map<string, string>> {
  const name = flowNameOf(flowFile);
  const onDisk = await readFlow(flowFile);
  const named = new Set(fileReferences(onDisk.bundle.flow).map((reference) => fileKey(reference.file)));
  const files = new Map<string, string>();
  for (const { file } of fileReferences(bundle.flow)) {
    const key = fileKey(file);
    if (key === undefined) throw flowFileOutside({ file }, { place: { flow: name } });
    if (!Object.hasOwn(bundle.files, key)) continue;
    const text = bundle.files[key] ?? "";
    const there = await textOf(join(dirname(flowFile), key));
    if (there === text) continue;
    const taken =
      isReserved(key, name) || (there !== undefined && !key.startsWith(`${name}.`) && !named.has(key));
    if (taken) throw flowFileTaken({ file: key, flow: name }, { place: { flow: name, file: key } });
    files.set(key, text);
  }
  return files;
}

/** Files that mean something to Millrace or to npm: a flow's code is never written over them. */
function isReserved(key: string, name: string): boolean {
  const base = basename(key);
  const own = base.startsWith(`${name}.`) && base !== `${name}.json`;
  return /\.(layout|test)\.json$/.test(base) || (base.endsWith(".json") && !own);
}

/** Where the file really lies; a link that leads out of the folder is refused. */
async function targetOf(folder: string, key: string): Promise<string> {
  const root = await realpath(folder);
  const target = join(root, key);
  let nearest = target;
  for (;;) {
    const real = await realpath(nearest).catch(() => undefined);
    if (real !== undefined) {
      if (real !== root && !isInside(root, real))
        throw flowFileOutside({ file: key }, { place: { file: key } });
      return nearest === target ? real : target;
    }
    nearest = dirname(nearest);
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const { mode } = await stat(path).catch(() => ({ mode: 0o666 }));
  try {
    const file = await open(beside, "wx", mode & 0o777);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** So that the new name survives a power cut, where the system can promise that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
