// JSON Pointers (RFC 6901): how problems name a place in a document.

/** The pointer of a chain of keys and indexes. */
export function pointer(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The keys and indexes of a pointer. */
export function pointerSteps(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at the steps, or undefined when there is none. Only own properties are seen. */
export function valueAt(document: unknown, steps: readonly string[]): unknown {
  let value = document;
  for (const step of steps) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** The pointer, cut so that its parent at least exists in the document. */
export function nearestPlace(document: unknown, path: string): string {
  const steps = pointerSteps(path);
  let value = document;
  for (const [index, step] of steps.entries()) {
    if (value === null || typeof value !== "object") return pointer(...steps.slice(0, index));
    if (!Object.hasOwn(value, step)) return pointer(...steps.slice(0, index + 1));
    value = (value as Record<string, unknown>)[step];
  }
  return path;
}
