// Node packages: loaded by path or npm name, checked, and their types by name.

export { type LoadedPackages, loadPackages } from "./load.ts";
export {
  BUILT_IN_PACKAGES,
  type LoadedPackage,
  PackageLoader,
  type PackageLoaderOptions,
  type PackageOutcome,
  type PackageRequest,
} from "./loader.ts";
export { isPath } from "./locate.ts";
export { NodeTypes, type RegisteredType } from "./registry.ts";
