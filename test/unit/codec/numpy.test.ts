// Which objects are NumPy arrays, and which only look like one.
import { describe, expect, it } from "vitest";
import { decodeNumpy, encodeNumpy, isNumpyArray, itemSize } from "../../../engine/codec/numpy.ts";

const array = { shape: [2, 3], dtype: "<i2", data: Buffer.alloc(12) };

describe("a NumPy array", () => {
  it("is an object with shape, dtype and as many bytes as they say", () => {
    expect(isNumpyArray(array)).toBe(true);
    expect(isNumpyArray({ shape: [], dtype: "float64", data: new Uint8Array(8) })).toBe(true);
    expect(isNumpyArray({ shape: [0, 4], dtype: "bool", data: new Uint8Array(0) })).toBe(true);
  });

  it.each([
    ["another length", { ...array, data: Buffer.alloc(11) }],
    ["one field more", { ...array, note: "" }],
    ["a dtype that would end LiteBoty's header early", { ...array, dtype: "{'a'}" }],
    ["a negative shape", { ...array, shape: [-2, -3] }],
    ["bytes as numbers", { ...array, data: [0, 0] }],
    ["no object", null],
  ])("is not one with %s", (_, value) => {
    expect(isNumpyArray(value)).toBe(false);
  });

  it("is written as Python writes it, and read", () => {
    const bytes = Buffer.from(encodeNumpy({ shape: [1], dtype: "uint8", data: Buffer.of(7) }));
    expect(bytes.toString("latin1")).toBe('{"shape": [1], "dtype": "uint8"}\x07');
    expect(decodeNumpy(bytes)).toEqual({ shape: [1], dtype: "uint8", data: Buffer.of(7) });
  });

  it.each(["no brace", '{"dtype": "u1"}', '{"shape": [1]}', '{"shape": ["1"], "dtype": "u1"}', "{x}"])(
    "is not read from %j",
    (text) => {
      expect(() => decodeNumpy(Buffer.from(text))).toThrow();
    },
  );
});

it.each([
  ["float32", 4],
  [">f8", 8],
  ["complex128", 16],
  ["|b1", 1],
  ["int", 8],
  ["object", undefined],
  ["constructor", undefined],
])("an item of %s has %s bytes", (dtype, size) => {
  expect(itemSize(dtype)).toBe(size);
});
