// Paths into a message, as people write them in configs: `payload.items[0].name`, `attributes.user`.

const STEP = /[^.[\]]+|\[(?:(\d+)|"([^"]*)"|'([^']*)')\]/g;
const REFUSED = new Set(["__proto__", "constructor", "prototype"]);

/** The steps of a path. Throws a RangeError for an empty path, or one that reaches for a prototype. */
export function parsePath(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of path.matchAll(STEP)) {
    const [whole, index, double, single] = match;
    const step = index !== undefined ? Number(index) : (double ?? single ?? whole);
    if (typeof step === "string" && REFUSED.has(step))
      throw new RangeError(`"${step}" is not allowed in a path.`);
    steps.push(step);
  }
  if (steps.length === 0) throw new RangeError(`"${path}" is not a path. Write for example payload.name.`);
  return steps;
}

/** The value at a path, or undefined when any step is missing. Only own properties are seen. */
export function getPath(value: unknown, path: string | readonly (string | number)[]): unknown {
  let current = value;
  for (const step of typeof path === "string" ? parsePath(path) : path) {
    if (current === null || typeof current !== "object") return undefined;
    if (current instanceof Map) current = current.get(step);
    else if (Object.hasOwn(current, step)) current = (current as Record<string | number, unknown>)[step];
    else return step === "length" && Array.isArray(current) ? current.length : undefined;
  }
  return current;
}

/**
 * A copy of `value` with `next` at the path (or without that property, when `next` is undefined). Only what lies
 * on the path is copied; missing steps become objects, or arrays where the step is a number.
 */
export function setPath(value: unknown, path: string | readonly (string | number)[], next: unknown): unknown {
  const steps = typeof path === "string" ? parsePath(path) : path;
  const [step, ...rest] = steps;
  if (step === undefined) return next;
  const isObject = value !== null && typeof value === "object";
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : isObject
      ? { ...value }
      : typeof step === "number"
        ? []
        : {};
  const target = copy as Record<string | number, unknown>;
  const child =
    rest.length === 0 ? next : setPath(Object.hasOwn(target, step) ? target[step] : undefined, rest, next);
  if (child === undefined && rest.length === 0) {
    if (Array.isArray(copy) && typeof step === "number") copy.splice(step, 1);
    else delete target[step];
  } else {
    target[step] = child;
  }
  return copy;
}
