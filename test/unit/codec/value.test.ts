// State values as bytes, beyond giving them back (test/contracts/codec).
import { describe, expect, it } from "vitest";
import { decodeValue, encodeValue } from "../../../engine/codec/index.ts";

describe("a state value", () => {
  it("is readable in the store where JSON says it all", () => {
    expect(Buffer.from(encodeValue({ count: 3 })).toString()).toBe('{"count":3}');
  });

  it("is marked by a byte that no text has where it is not", () => {
    expect(encodeValue({ at: new Date(0) })[0]).toBe(0xc1);
  });

  it("may be undefined, which is not the same as missing", () => {
    expect(decodeValue(encodeValue(undefined))).toBeUndefined();
  });

  it("that is damaged is refused, and shown", () => {
    expect(() => decodeValue(Buffer.from("{oops"))).toThrow('"{oops" is not a state payload');
    expect(() => decodeValue(Buffer.of(0xc1, 0xc7))).toThrow('"c1c7" is not a state payload');
    expect(() => decodeValue(new Uint8Array())).toThrow('"(no bytes)" is not a state payload');
  });
});
