// Loads node packages. A package that is missing, broken or hangs is a problem with a sentence, and touches no other.
import { pathToFileURL } from "node:url";
import type { AnyNodeDefinition } from "@millrace/sdk";
import { type Clock, systemClock } from "../base/clock.ts";
import { errorText, MillraceError, type Problem } from "../base/errors/error.ts";
import { packageEmpty, packageHangs, packageThrew } from "../base/errors/plugins.ts";
import { checkDefinition } from "./definition-check.ts";
import { hookImports, STAMP } from "./import-hook.ts";
import { type LocatedPackage, locatePackage } from "./locate.ts";
import { isRecord } from "./schema-check.ts";
import { stampOf } from "./stamp.ts";

/** What every engine loads, through the same door as anyone's package. */
export const BUILT_IN_PACKAGES: readonly string[] = ["@millrace/nodes-core", "@millrace/nodes-network"];

export interface PackageRequest {
  /** An npm name, or a path from `fromFolder`. */
  readonly specifier: string;
  /** The folder of the flow that names it. */
  readonly fromFolder: string;
  /** Where the flow names it: for the problems. */
  readonly where?: { readonly path: string; readonly file?: string };
}

export interface LoadedPackage {
  readonly name: string;
  /** Of its package.json; packages of one's own carry a stamp of their files: `1.0.0+5f3a90c1`. */
  readonly version: string;
  /** As it was asked for. */
  readonly specifier: string;
  readonly folder: string;
  readonly isOwn: boolean;
  /** Those that passed the checks. */
  readonly definitions: readonly AnyNodeDefinition[];
}

export interface PackageOutcome {
  /** Undefined when it could not be loaded at all. */
  readonly package: LoadedPackage | undefined;
  readonly problems: readonly Problem[];
}

export interface PackageLoaderOptions {
  readonly clock?: Clock;
  /** Imports a module by its file URL. */
  readonly importModule?: (url: string) => Promise<unknown>;
}

const IMPORT_LIMIT_MS = 10_000;
const isSource = import.meta.url.endsWith(".ts");
const CONDITIONS = [...(isSource ? ["millrace-source"] : []), "node", "import", "module-sync"];

export class PackageLoader implements Disposable {
  readonly #clock: Clock;
  readonly #import: (url: string) => Promise<unknown>;
  readonly #hook: Disposable;

  constructor(options: PackageLoaderOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#import = options.importModule ?? ((url) => import(url));
    this.#hook = hookImports();
  }

  /** Never rejects. A package of one's own that changed since the last time is imported anew. */
  async load(request: PackageRequest): Promise<PackageOutcome> {
    const where = request.where ?? { path: "" };
    try {
      const located = locatePackage(request.specifier, request.fromFolder, CONDITIONS);
      const stamp = located.isOwn ? stampOf(located) : undefined;
      const exported = await this.#importLimited(located, stamp);
      const checked = exported.map((value, index) =>
        checkDefinition(value, { package: located.name, index, ...where }),
      );
      const definitions = checked.flatMap((result) => result.definition ?? []);
      return {
        package: {
          name: located.name,
          version: stamp === undefined ? located.version : `${located.version}+${stamp}`,
          specifier: request.specifier,
          folder: located.folder,
          isOwn: located.isOwn,
          definitions,
        },
        problems: checked.flatMap((result) => result.problems),
      };
    } catch (error) {
      return { package: undefined, problems: [problemOf(error, where)] };
    }
  }

  /** The packages that come with the engine. */
  loadBuiltIn(): Promise<PackageOutcome[]> {
    const fromFolder = import.meta.dirname;
    return Promise.all(BUILT_IN_PACKAGES.map((specifier) => this.load({ specifier, fromFolder })));
  }

  [Symbol.dispose](): void {
    this.#hook[Symbol.dispose]();
  }

  async #importLimited(located: LocatedPackage, stamp: string | undefined): Promise<readonly unknown[]> {
    const url = pathToFileURL(located.entry);
    if (stamp !== undefined) url.searchParams.set(STAMP, stamp);
    const limit = Promise.withResolvers<never>();
    const timer = this.#clock.schedule(IMPORT_LIMIT_MS, () =>
      limit.reject(packageHangs({ package: located.name, seconds: IMPORT_LIMIT_MS / 1000 })),
    );
    try {
      const module = await Promise.race([this.#import(url.href), limit.promise]);
      return exportedBy(module, located.name);
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw packageThrew(
        { package: located.name, reason: errorText(error), at: placeOf(error, located.folder) },
        { cause: error },
      );
    } finally {
      timer.cancel();
    }
  }
}

function exportedBy(module: unknown, name: string): readonly unknown[] {
  let exported =
    isRecord(module) || module instanceof Object ? (module as { default?: unknown }).default : undefined;
  if (isRecord(exported) && "default" in exported) exported = exported.default; // CommonJS made from ES modules
  if (Array.isArray(exported) && exported.length > 0) return exported;
  if (isRecord(exported)) return [exported];
  const found =
    exported === undefined ? "missing" : Array.isArray(exported) ? "an empty array" : typeof exported;
  throw packageEmpty({ package: name, found });
}

/** The first line of the stack that is in the package. Code that does not parse, or was not found, has none. */
function placeOf(error: unknown, folder: string): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const lines = stack
    .split("\n")
    .map((line) => line.replaceAll(/\?millrace-stamp=\w+|file:\/\//g, "").trim());
  return (
    lines.find((line) => line.startsWith("at ") && line.includes(folder) && /:\d+:\d+\)?$/.test(line)) ?? ""
  );
}

function problemOf(error: unknown, where: { path: string; file?: string }): Problem {
  const known =
    error instanceof MillraceError ? error : packageThrew({ package: "", reason: errorText(error), at: "" });
  return { severity: "error", code: known.code, message: known.message, ...where };
}
