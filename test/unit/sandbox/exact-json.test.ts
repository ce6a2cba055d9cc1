// What goes as JSON, what as MessagePack, and what not at all; and that everything comes back as it went.
import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isExactJson, MAX_DEPTH, UnsendableError } from "../../../engine/sandbox/isolate/exact-json.ts";
import { makePacker, type PackerLibrary } from "../../../engine/sandbox/isolate/packer.ts";

const packer = makePacker(createRequire(import.meta.url)("msgpackr/index-no-eval") as PackerLibrary);
const key = fc.string().filter((name) => name !== "__proto__");
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.double().map((number) => number + 0 || (Number.isNaN(number) ? number : 0)), // -0 is 0, as in JSON
    fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.array(tie("value")),
    fc.dictionary(key, tie("value"), { noNullPrototype: true }),
    fc.array(fc.tuple(key, tie("value"))).map((pairs) => new Map(pairs)),
    fc.array(fc.oneof(fc.string(), fc.integer())).map((items) => new Set(items)),
  ),
})).value;

describe("isExactJson", () => {
  it("is true only for what JSON gives back as it was", () => {
    fc.assert(
      fc.property(anything, (value) => {
        if (isExactJson(value)) expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      }),
    );
  });

  it("is true for every value that came out of JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        expect(isExactJson(value)).toBe(true);
      }),
    );
  });

  it.each([
    ["undefined inside an object", { a: undefined }],
    ["a hole", new Array(2)],
    ["NaN", [Number.NaN]],
    ["a BigInt", { n: 1n }],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["a Set", new Set()],
    ["bytes", Buffer.from("a")],
    ["an error", new Error("x")],
  ])("is false for %s", (_what, value) => {
    expect(isExactJson(value)).toBe(false);
  });

  it("takes an object with toJSON for what it says of itself", () => {
    expect(isExactJson(new URL("http://example.org"))).toBe(true);
  });

  it.each([
    ["a function", { f: () => 1 }],
    ["a symbol", [Symbol("s")]],
    ["a function in a Map", new Map([["f", () => 1]])],
    ["a function after something inexact", [undefined, () => 1]],
    ["a key that would become a prototype", JSON.parse(`{"a":{"__proto__":1}}`)],
  ])("refuses %s", (_what, value) => {
    expect(() => isExactJson(value)).toThrow(UnsendableError);
  });

  it("refuses what contains itself and what is nested too deep", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => isExactJson(circle)).toThrow("must not contain itself");
    let deep: unknown = 1;
    for (let level = 0; level < MAX_DEPTH + 2; level += 1) deep = [deep];
    expect(() => isExactJson(deep)).toThrow(`deeper than ${MAX_DEPTH} levels`);
  });
});

describe("the packer", () => {
  it("gives everything back as it went", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const back = packer.unpack(packer.pack(value));
        expect(normal(back)).toEqual(normal(value));
      }),
    );
  });

  it("keeps Maps apart from objects, and typed arrays by their type", () => {
    const value = {
      map: new Map<unknown, unknown>([[1, { a: 1 }]]),
      object: { a: 1 },
      floats: new Float32Array([1.5]),
    };
    expect(packer.unpack(packer.pack(value))).toEqual(value);
  });
});

/** Buffers are the Uint8Arrays of Node. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Map) return new Map([...value].map(([name, item]) => [name, normal(item)]));
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Set)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, normal(item)]));
}
