// How modules of node packages are resolved while an engine lives: a changed package of one's own is imported anew
// with all its files, and a package that has not installed @millrace/sdk gets the engine's.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** The query that tells one state of a package from another. */
export const STAMP = "millrace-stamp";

const SDK = /^@millrace\/sdk(\/.*)?$/;

/** The hook is the process's: it minds stamped modules and the SDK only, and goes when disposed. */
export function hookImports(): Disposable {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const own = () => next(specifier, context);
      const engines = () => next(specifier, { ...context, parentURL: import.meta.url });
      const result = SDK.test(specifier) ? firstThatResolves(own, engines) : own();
      return { ...result, url: withStampOf(context.parentURL, result.url, specifier) };
    },
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

function firstThatResolves<R>(first: () => R, second: () => R): R {
  try {
    return first();
  } catch {
    return second();
  }
}

/** Files that a stamped module names by path get its stamp: they belong to the same state of the package. */
function withStampOf(parent: string | undefined, url: string, specifier: string): string {
  if (parent === undefined || !specifier.startsWith(".") || !url.startsWith("file:")) return url;
  const stamp = new URL(parent).searchParams.get(STAMP);
  if (stamp === null || url.includes("?")) return url;
  return fileURLToPath(url).includes("/node_modules/") ? url : `${url}?${STAMP}=${stamp}`;
}
