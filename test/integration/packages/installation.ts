// The workspaces built, packed, and installed in a folder of their own, as their users get them: the tarballs' files in
// node_modules/@millrace, and for each package links to the dependencies that its package.json names, and no others.
import { execFile } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../../..");
const execute = promisify(execFile);
/** npm and the tools it calls run on the Node that runs the tests, and build what is published, not what is tested. */
const environment = {
  ...process.env,
  NODE_ENV: "production",
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
};

export interface Manifest {
  readonly name: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface InstalledPackage {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Paths within the package, in order. */
  readonly files: readonly string[];
}

export interface Installation extends Disposable {
  /** Its node_modules has the packages. */
  readonly folder: string;
  /** The program `engine`. */
  readonly program: string;
  readonly packages: readonly InstalledPackage[];
}

export async function installPackages(): Promise<Installation> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace-packages-")));
  try {
    await run(process.execPath, "build.mjs");
    if (!existsSync(join(ROOT, "editor/dist/index.html")))
      await run("npm", "run", "build", "-w", "@millrace/editor");
    await run("npm", "pack", "--workspaces", "--silent", "--pack-destination", folder);
    const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    link(join(ROOT, "node_modules/@types/node"), join(folder, "node_modules/@types/node")); // for the declarations
    const packages = await Promise.all(tarballs.map((tarball) => unpack(folder, tarball)));
    return {
      folder,
      program: join(folder, "node_modules/@millrace/engine/bin.mjs"),
      packages,
      [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** TypeScript over a project with a tsconfig.json. Resolves with what it complains about. */
export async function compile(project: string): Promise<string> {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  return execute(process.execPath, [compiler, "--project", project]).then(
    () => "",
    (failure: Failed) => failure.stdout,
  );
}

interface Failed extends Error {
  readonly stdout: string;
}

/** In the checkout; what it says is part of the error when it fails. */
async function run(command: string, ...words: string[]): Promise<void> {
  await execute(command, words, { cwd: ROOT, env: environment }).catch((failure: Failed) => {
    throw new Error(`${failure.message}\n${failure.stdout}`);
  });
}

async function unpack(folder: string, tarball: string): Promise<InstalledPackage> {
  const unpacked = join(folder, "unpacked", tarball);
  mkdirSync(unpacked, { recursive: true });
  await run("tar", "-xzf", join(folder, tarball), "-C", unpacked, "--strip-components=1");
  const manifest: Manifest = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
  const installed = join(folder, "node_modules", manifest.name);
  mkdirSync(dirname(installed), { recursive: true });
  renameSync(unpacked, installed);
  const files = globSync("**", { cwd: installed, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
    .sort();
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (!name.startsWith("@millrace/"))
      link(join(ROOT, "node_modules", name), join(installed, "node_modules", name));
  }
  return { folder: installed, manifest, files };
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, "junction");
}
