// structuredClone for the isolate: V8 alone has none. Copies what payloads can hold, keeps cycles and shared parts.

/** Throws a TypeError for functions and symbols. Class instances become plain objects, as everywhere else. */
export function structuredClone<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(`A ${typeof value} cannot be cloned.`);
  }
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const made = (result: object) => {
    seen.set(value, result);
    return result;
  };
  if (value instanceof Date) return made(new Date(value.getTime()));
  if (value instanceof RegExp) return made(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return made(value.slice(0));
  if (ArrayBuffer.isView(value)) return made(copyView(value));
  if (value instanceof Error) return made(copyError(value));
  if (value instanceof Map) {
    const result = new Map();
    made(result);
    for (const [key, item] of value) result.set(copy(key, seen), copy(item, seen));
    return result;
  }
  if (value instanceof Set) {
    const result = new Set();
    made(result);
    for (const item of value) result.add(copy(item, seen));
    return result;
  }
  const result: object = Array.isArray(value) ? new Array(value.length) : {};
  made(result);
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key], seen);
    Object.defineProperty(result, key, { value: item, writable: true, enumerable: true, configurable: true });
  }
  return result;
}

function copyView(view: ArrayBufferView): ArrayBufferView {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  if (view instanceof DataView) return new DataView(bytes as ArrayBuffer);
  const make = view.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView;
  return new make(bytes);
}

function copyError(error: Error): Error {
  const result = new Error(error.message);
  result.name = error.name;
  if (error.stack !== undefined) result.stack = error.stack;
  return result;
}
