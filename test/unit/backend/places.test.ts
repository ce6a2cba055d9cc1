// Places in streams, and patterns of channels.
import fc from "fast-check";
import { expect, test } from "vitest";
import { patternMatcher } from "../../../engine/backend/channel-pattern.ts";
import { entryId, positionAt, positionOf } from "../../../engine/backend/embedded/position.ts";
import { parseEntryId } from "../../../engine/backend/entry-id.ts";

test("reads ids, and refuses what is none", () => {
  expect(parseEntryId("1700000000000-3")).toEqual({ ms: 1_700_000_000_000n, sequence: 3n });
  expect(parseEntryId("0")).toEqual({ ms: 0n, sequence: undefined });
  for (const wrong of ["", "-", "1-", "-1", "a", "1-2-3", " 1", "+", "1e3"]) {
    expect(() => parseEntryId(wrong)).toThrow(expect.objectContaining({ code: "backend/entry-id-invalid" }));
  }
});

test("an embedded position and its id say the same, and keep the order", () => {
  const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(fc.property(position, (each) => positionOf(entryId(each)) === each));
  expect(entryId(positionAt(1_700_000_000_000))).toBe("1700000000000-0");
  expect([positionOf("5", "first"), positionOf("5", "last")]).toEqual([positionAt(5), positionAt(6) - 1]);
});

test("a place that no embedded entry can have lies between those that are around it", () => {
  expect(positionOf("5-99999")).toBe(positionAt(6));
  expect(positionOf("18446744073709551615-18446744073709551615")).toBe(Number.MAX_SAFE_INTEGER);
});

test("in a pattern, * stands for anything and everything else for itself", () => {
  const fits = patternMatcher("/a.*/[x]?*");
  expect(["/a.b/[x]?", "/a.b/c/[x]?d\n", "/ab/[x]?", "/a.b/x?", "/a.b/[x]"].map(fits)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(["", "anything"].map(patternMatcher("*"))).toEqual([true, true]);
});
