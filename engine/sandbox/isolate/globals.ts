// Makes a bare V8 context into the place scripts know: adds what the web platform has and V8 has not, takes away
// what could make code from strings, share memory or block the thread.
import { structuredClone } from "./clone.ts";
import { atob, btoa, TextDecoder, TextEncoder } from "./text.ts";
import type { Timers } from "./timers.ts";
import { makeUrl, URLSearchParams, type UrlBridge } from "./url.ts";

/** Random bytes as hex, from the runner. */
export type RandomBridge = () => string;

export function installGlobals(timers: Timers, url: UrlBridge, random: RandomBridge): void {
  const bytes = makeRandom(random);
  const added: Record<string, unknown> = {
    structuredClone,
    atob,
    btoa,
    TextEncoder,
    TextDecoder,
    URL: makeUrl(url),
    URLSearchParams,
    crypto: Object.freeze({
      randomUUID: () => uuid(bytes(16)),
      getRandomValues: <T extends ArrayBufferView>(view: T) => {
        if (view.byteLength > 65_536) throw new RangeError("getRandomValues fills at most 65536 bytes.");
        new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes(view.byteLength));
        return view;
      },
    }),
    setTimeout: (callback: unknown, ms?: unknown, ...args: unknown[]) =>
      timers.add(callback, ms, args, false),
    setInterval: (callback: unknown, ms?: unknown, ...args: unknown[]) =>
      timers.add(callback, ms, args, true),
    clearTimeout: (id: unknown) => timers.clear(id),
    clearInterval: (id: unknown) => timers.clear(id),
    queueMicrotask: (callback: () => void) => void Promise.resolve().then(callback),
  };
  for (const [name, value] of Object.entries(added)) define(globalThis, name, value);
  for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics", "eval"]) {
    Reflect.deleteProperty(globalThis, name);
  }
  refuseCodeFromStrings();
}

/** Functions keep their prototypes, so that instanceof works, but the constructors only throw. */
function refuseCodeFromStrings(): void {
  const samples = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const sample of samples) {
    const prototype = Object.getPrototypeOf(sample);
    function refused(): never {
      throw new EvalError("Code cannot be made from strings in a script.");
    }
    Object.defineProperty(refused, "prototype", { value: prototype });
    define(prototype, "constructor", refused);
    if (prototype === Function.prototype) define(globalThis, "Function", refused);
  }
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

/** Bytes from a pool that the runner refills. */
function makeRandom(random: RandomBridge): (count: number) => Uint8Array {
  let pool = "";
  return (count) => {
    const result = new Uint8Array(count);
    for (let index = 0; index < count; index += 1) {
      if (pool.length < 2) pool = random();
      result[index] = Number.parseInt(pool.slice(0, 2), 16);
      pool = pool.slice(2);
    }
    return result;
  };
}

function uuid(bytes: Uint8Array): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
