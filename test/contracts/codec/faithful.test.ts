// What every carrier of values owes: a value comes back as it went, and what cannot travel is refused with its place.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MillraceError } from "../../../engine/base/errors/index.ts";
import {
  decodeEnvelope,
  decodeValue,
  encodeEnvelope,
  encodeValue,
  MAX_DEPTH,
  MAX_PAYLOAD_BYTES,
} from "../../../engine/codec/index.ts";

const carriers: Record<string, { encode(value: unknown): Uint8Array; decode(bytes: Uint8Array): unknown }> = {
  "the envelope": {
    encode: (payload) => encodeEnvelope({ time: 1, attributes: {}, payload }),
    decode: (bytes) => decodeEnvelope(bytes).payload,
  },
  "state values": { encode: encodeValue, decode: decodeValue },
};

const bytes = fc.uint8Array().map((array) => Buffer.from(array));
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "value" },
    fc.constantFrom<unknown>(
      null,
      undefined,
      true,
      false,
      -0,
      Number.NaN,
      Infinity,
      -Infinity,
      new Date(Number.NaN),
    ),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    anyText,
    fc.date(),
    bytes,
    fc.float32Array(),
    fc.bigInt64Array(),
    fc.uint8ClampedArray(),
    fc.uint8Array().map((array) => array.slice().buffer),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(tie("value"), { maxLength: 5 }).map((values) => new Set(values)),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 5 }).map((pairs) => new Map(pairs)),
    fc
      .array(
        fc.tuple(fc.oneof(anyText, fc.constantFrom("__proto__", "constructor", "1", "")), tie("value")),
        {
          maxLength: 5,
        },
      )
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}));

const cyclic: Record<string, unknown> = { list: [] };
(cyclic.list as unknown[]).push({ again: cyclic });

class Robot {
  name = "R2";
}

const refused: [string, unknown, string, string][] = [
  ["a function", { run: [() => 1] }, "codec/not-sendable", '"payload.run[0]" is a function'],
  ["a symbol", new Map([["key", Symbol("s")]]), "codec/not-sendable", '"payload.get(key)" is a symbol'],
  [
    "an object of a class",
    { robot: new Robot() },
    "codec/not-sendable",
    '"payload.robot" is an object of the class Robot',
  ],
  ["an error", [new Error("no")], "codec/not-sendable", "Send its message as text."],
  ["a cycle", cyclic, "codec/cycle", '"payload.list[0].again" contains itself'],
  ["endless nesting", nest(MAX_DEPTH + 1), "codec/too-deep", `deeper than ${MAX_DEPTH} levels`],
  ["a payload of 2 MB", "x".repeat(2 * MAX_PAYLOAD_BYTES), "codec/too-large", '"2.00 MB"'],
  [
    "a small object that unfolds to billions of values",
    bomb(40),
    "codec/too-large",
    "more than a million values",
  ],
];

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function bomb(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value, value];
  return value;
}

describe.each(Object.entries(carriers))("%s", (_, carrier) => {
  it("gives every value back as it went", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        assert.deepStrictEqual(carrier.decode(carrier.encode(value)), value);
      }),
      { numRuns: 400 },
    );
  });

  it("gives a Buffer back for any Uint8Array", () => {
    const back = carrier.decode(carrier.encode({ bytes: Uint8Array.of(1, 2, 255) }));
    expect(back).toStrictEqual({ bytes: Buffer.of(1, 2, 255) });
  });

  it("keeps values whole that are as deep and as large as allowed", () => {
    const deep = nest(MAX_DEPTH);
    const large = "x".repeat(MAX_PAYLOAD_BYTES - 2);
    expect(carrier.decode(carrier.encode(deep))).toStrictEqual(deep);
    expect(carrier.decode(carrier.encode(large))).toBe(large);
  });

  it("does not point into the bytes it was given", () => {
    const encoded = Buffer.from(
      carrier.encode({ bytes: Buffer.from("before"), text: "before", more: undefined }),
    );
    const back = carrier.decode(encoded);
    encoded.fill(0);
    expect(back).toStrictEqual({ bytes: Buffer.from("before"), text: "before", more: undefined });
  });

  it.each(refused)("refuses %s and says where", (_name, value, code, sentence) => {
    expect(() => carrier.encode(value)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(sentence) }),
    );
  });

  it("answers random bytes with a value or a clear error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) =>
        answersClearly(() => carrier.decode(random)),
      ),
      { numRuns: 1_000 },
    );
  });

  it("answers damaged bytes with a value or a clear error", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.nat(255), (value, place, byte) => {
        const damaged = Buffer.from(carrier.encode(value));
        damaged[place % damaged.length] = byte;
        answersClearly(() => carrier.decode(damaged));
        answersClearly(() => carrier.decode(damaged.subarray(0, place % damaged.length)));
      }),
      { numRuns: 400 },
    );
  });
});

function answersClearly(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    expect((error as MillraceError).code).toMatch(/^codec\//);
  }
}
