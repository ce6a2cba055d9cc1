// Looks at a payload before it is written: says whether JSON says it all, and refuses, with its place, what cannot
// travel. Only own enumerable text keys count as an object's content; a hole in an array counts as undefined.
import { payloadCyclic, payloadNotSendable, payloadTooDeep, payloadTooLarge } from "../base/errors/codec.ts";

/** Most bytes that a payload may take. */
export const MAX_PAYLOAD_BYTES = 1_048_576;

/** Most levels that a payload may be nested. */
export const MAX_DEPTH = 256;

const FINE_AS_JSON = 0;
const NEEDS_STRUCTURE = 1;
const REFUSED = 2;

/** True: JSON gives it back as it went. False: it takes MessagePack. Throws for what neither can. */
export function jsonSaysItAll(value: unknown): boolean {
  const survey: Survey = { seen: 0 };
  const verdict = look(value, 0, survey);
  if (verdict === REFUSED) throw findFault(value);
  return verdict === FINE_AS_JSON;
}

interface Survey {
  /** Every value takes a byte or more, so their number is bounded by the payload's size. */
  seen: number;
}

function look(value: unknown, depth: number, survey: Survey): number {
  switch (typeof value) {
    case "string":
    case "boolean":
      return FINE_AS_JSON;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? FINE_AS_JSON : NEEDS_STRUCTURE;
    case "undefined":
    case "bigint":
      return NEEDS_STRUCTURE;
    case "object":
      break;
    default:
      return REFUSED;
  }
  if (value === null) return FINE_AS_JSON;
  if (depth >= MAX_DEPTH) return REFUSED;
  if (Array.isArray(value)) return lookAtAll(value, FINE_AS_JSON, depth, survey);
  if (isPlainObject(value)) return lookAtAll(Object.values(value), FINE_AS_JSON, depth, survey);
  if (value instanceof Map) {
    const keys = lookAtAll([...value.keys()], NEEDS_STRUCTURE, depth, survey);
    return keys === REFUSED ? REFUSED : lookAtAll([...value.values()], NEEDS_STRUCTURE, depth, survey);
  }
  if (value instanceof Set) return lookAtAll([...value], NEEDS_STRUCTURE, depth, survey);
  return isBytes(value) || value instanceof Date ? NEEDS_STRUCTURE : REFUSED;
}

function lookAtAll(values: readonly unknown[], own: number, depth: number, survey: Survey): number {
  survey.seen += values.length;
  if (survey.seen > MAX_PAYLOAD_BYTES) return REFUSED;
  let worst = own;
  for (let index = 0; index < values.length; index++) {
    const verdict = look(values[index], depth + 1, survey);
    if (verdict > worst) {
      if (verdict === REFUSED) return REFUSED;
      worst = verdict;
    }
  }
  return worst;
}

/** An object without a class of its own, from whichever realm. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isForeignObjectPrototype(prototype);
}

function isForeignObjectPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}

/** Binary data in one of JavaScript's own shapes. */
export function isBytes(value: object): value is ArrayBufferView | ArrayBuffer {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** The slow second look, at a payload that was refused: why, and where. */
function findFault(root: unknown): Error {
  const survey: Survey = { seen: 0 };
  const ancestors = new Set<object>();
  const visit = (value: unknown, at: string): Error | undefined => {
    if (typeof value === "function") {
      return payloadNotSendable({ at, what: "a function", hint: "Send what it returns instead." });
    }
    if (typeof value === "symbol") {
      return payloadNotSendable({ at, what: "a symbol", hint: "Send its description as text instead." });
    }
    if (typeof value !== "object" || value === null) return undefined;
    if (ancestors.has(value)) return payloadCyclic({ at });
    if (ancestors.size >= MAX_DEPTH) return payloadTooDeep({ at: shorten(at), limit: MAX_DEPTH });
    ancestors.add(value);
    for (const [child, place] of partsOf(value, at)) {
      if (++survey.seen > MAX_PAYLOAD_BYTES) break;
      const fault = visit(child, place);
      if (fault) return fault;
    }
    ancestors.delete(value);
    return isTravelling(value) ? undefined : classFault(value, at);
  };
  return visit(root, "payload") ?? payloadTooLarge({ size: "more than a million values", limit: "1 MB" });
}

function isTravelling(value: object): boolean {
  const isContainer = Array.isArray(value) || value instanceof Map || value instanceof Set;
  return isContainer || value instanceof Date || isBytes(value) || isPlainObject(value);
}

function classFault(value: object, at: string): Error {
  const name = value.constructor?.name || "class";
  const hint =
    value instanceof Error ? "Send its message as text." : "Send a plain object with the fields that matter.";
  return payloadNotSendable({ at, what: `an object of the class ${name}`, hint });
}

function* partsOf(value: object, at: string): Generator<[unknown, string]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield [item, `${at}[${index}]`];
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [key, `${at} (a key)`];
      yield [item, `${at}.get(${typeof key === "object" ? "…" : String(key)})`];
    }
  } else if (value instanceof Set) {
    for (const item of value) yield [item, `${at} (a member)`];
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) yield [item, `${at}.${key}`];
  }
}

function shorten(place: string): string {
  return place.length <= 80 ? place : `${place.slice(0, 60)} … ${place.slice(-15)}`;
}
