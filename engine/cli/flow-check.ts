// Flow files as the CLI looks at them, without an engine: read, their packages loaded, judged with places.
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { MillraceError, type Problem } from "../base/errors/error.ts";
import { flowFiles, type ReadFlow, readFlow, validateFlow, withPlaces } from "../flow/index.ts";
import { type LoadedPackages, loadPackages, PackageLoader, type PackageRequest } from "../plugins/index.ts";
import type { FileProblems } from "./show/problems.ts";

export interface FlowCheckOptions {
  /** Files and folders as the person named them. */
  readonly paths: readonly string[];
  /** Where they count from. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One entry per flow file; a path where nothing is has its problem. Never throws for what is in files. */
export async function checkFlows(options: FlowCheckOptions): Promise<FileProblems[]> {
  using loader = new PackageLoader();
  const found = await Promise.all(options.paths.map((path) => flowsAt(path, options.folder)));
  const checked: FileProblems[] = [];
  for (const one of found.flat()) {
    if ("problems" in one) checked.push(one);
    else checked.push({ file: one.file, problems: await checkFlow(one.file, options, loader) });
  }
  return checked;
}

async function flowsAt(path: string, folder: string): Promise<({ file: string } | FileProblems)[]> {
  try {
    const files = await flowFiles([resolve(folder, path)]);
    return files.map((file) => ({ file: isAbsolute(path) ? file : relative(folder, file) }));
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const problem: Problem = { severity: "error", code: error.code, message: error.message, path: "" };
    return [{ file: path, problems: [problem] }];
  }
}

async function checkFlow(file: string, options: FlowCheckOptions, loader: PackageLoader): Promise<Problem[]> {
  const absolute = resolve(options.folder, file);
  const read = await readFlow(absolute);
  const loaded = await loadPackages(loader, packagesOf(read, dirname(absolute)));
  const { name, bundle, problems: found } = read;
  const judged = validateFlow(bundle, { name, types: loaded.types, environment: options.environment, found });
  const problems = withPlaces(
    withoutRepeats([...loaded.problems, ...(read.text === "" ? found : judged)]),
    read.text,
  );
  return problems.map((problem) =>
    problem.file ? { ...problem, file: join(dirname(file), problem.file) } : problem,
  );
}

/** The node types of these flows' packages, and the built-in ones. */
export async function loadTypes(loader: PackageLoader, files: readonly string[]): Promise<LoadedPackages> {
  const reads = await Promise.all(files.map(async (file) => packagesOf(await readFlow(file), dirname(file))));
  return loadPackages(loader, reads.flat());
}

function packagesOf({ bundle }: ReadFlow, fromFolder: string): PackageRequest[] {
  const packages: unknown = bundle.flow.packages;
  return (Array.isArray(packages) ? packages : []).flatMap((specifier: unknown, index) =>
    typeof specifier === "string" ? [{ specifier, fromFolder, where: { path: `/packages/${index}` } }] : [],
  );
}

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = `${code}\0${path}\0${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
