import fc from "fast-check";
import { expect, test } from "vitest";
import { shownValue } from "../../../engine/view/shown.ts";

test("what JSON can say is shown as it is", () => {
  const value = { text: "a", list: [1, null, true], nested: { deep: [{ x: 1 }] } };
  expect(shownValue(value)).toEqual({ value, cut: false });
});

test("what JSON cannot say is shown as text", () => {
  const value = {
    big: 12n,
    when: new Date(0),
    bytes: new Uint8Array([1, 255]),
    nothing: undefined,
    not: Number.NaN,
  };
  expect(shownValue(value).value).toEqual({
    big: "12n",
    when: "1970-01-01T00:00:00.000Z",
    bytes: "<2 bytes> 01ff",
    nothing: "undefined",
    not: "NaN",
  });
});

test("any value, however deep, wide or circular, becomes bounded JSON", () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  expect(shownValue(circular).cut).toBe(true);
  expect(shownValue(Array.from({ length: 10_000 }, () => "x".repeat(5_000)))).toMatchObject({ cut: true });
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      (value) => {
        expect(JSON.stringify(shownValue(value).value)?.length ?? 0).toBeLessThan(5_000_000);
      },
    ),
  );
});
