// Whether JSON says all of a value. Runs on both sides of the pipe: in the engine, and inside the isolate.

/** Deeper values are refused, and so are values that contain themselves. */
export const MAX_DEPTH = 500;

export class UnsendableError extends TypeError {}

/**
 * True when the value comes back from JSON as it went. False when it holds something that JSON would lose or
 * change (undefined, NaN, Infinity, BigInt, Date, Map, Set, bytes, errors, holes): then MessagePack carries it.
 * Throws an UnsendableError for what nothing carries: functions, symbols, values that contain themselves, and the key `__proto__`.
 */
export function isExactJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return value - value === 0; // false for NaN and the infinities
    case "undefined":
    case "bigint":
      return false;
    case "function":
    case "symbol":
      throw new UnsendableError(`A ${typeof value} cannot be part of a payload.`);
  }
  if (value === null) return true;
  if (depth > MAX_DEPTH) {
    throw new UnsendableError(`A payload must not contain itself, nor nest deeper than ${MAX_DEPTH} levels.`);
  }
  return Array.isArray(value) ? isExactList(value, depth) : isExactObject(value as object, depth);
}

function isExactList(list: readonly unknown[], depth: number): boolean {
  let exact = true;
  for (let index = 0; index < list.length; index += 1) {
    if (!isExactJson(list[index], depth + 1)) exact = false; // goes on: what comes later may be refused
  }
  return exact;
}

function isExactObject(value: object, depth: number): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    if (isBuiltIn(value)) return checkContents(value, depth);
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") return true; // it says itself how
  }
  let exact = true;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (key === "__proto__") throw new UnsendableError(`The key "__proto__" is not allowed.`);
    if (!isExactJson((value as Record<string, unknown>)[key], depth + 1)) exact = false;
  }
  return exact;
}

function isBuiltIn(value: object): boolean {
  return (
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Error ||
    value instanceof RegExp ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  );
}

/** Always false: a built-in is never exact in JSON. Its contents must be sendable all the same. */
function checkContents(value: object, depth: number): false {
  if (value instanceof Map) {
    for (const [key, item] of value) {
      isExactJson(key, depth + 1);
      isExactJson(item, depth + 1);
    }
  } else if (value instanceof Set) {
    for (const item of value) isExactJson(item, depth + 1);
  }
  return false;
}
