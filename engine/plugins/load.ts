// Everything that a set of flows needs: the built-in packages first, then those the flows name, each once.
import type { Problem } from "../base/errors/error.ts";
import type { LoadedPackage, PackageLoader, PackageRequest } from "./loader.ts";
import { NodeTypes } from "./registry.ts";

export interface LoadedPackages {
  readonly packages: readonly LoadedPackage[];
  readonly types: NodeTypes;
  /** Of packages that are broken or missing, and types that two packages define. */
  readonly problems: readonly Problem[];
}

/** Never rejects. Packages that two requests lead to are loaded and counted once. */
export async function loadPackages(
  loader: PackageLoader,
  requests: readonly PackageRequest[],
): Promise<LoadedPackages> {
  const [builtIn, asked] = await Promise.all([
    loader.loadBuiltIn(),
    Promise.all(requests.map((request) => loader.load(request))),
  ]);
  const outcomes = [...builtIn, ...asked];
  const byFolder = new Map<string, LoadedPackage>();
  for (const { package: loaded } of outcomes) {
    const key = loaded && `${loaded.folder}\0${loaded.name}`;
    if (loaded && key !== undefined && !byFolder.has(key)) byFolder.set(key, loaded);
  }
  const packages = [...byFolder.values()];
  const types = new NodeTypes(packages);
  return {
    packages,
    types,
    problems: [...outcomes.flatMap((outcome) => outcome.problems), ...types.problems],
  };
}
