// The tree that shows debug values and messages: what is on each line, and what is copied.
import { expect, test } from "vitest";
import { contains, copyText, preview, treeRows } from "../../../editor/panels/value-tree.ts";
import { getPath } from "../../../nodes/sdk/path.ts";

const lines = (value: unknown, open: string[], root?: string) =>
  treeRows(value, new Set(open), root === undefined ? {} : { root }).map(
    (row) => `${"  ".repeat(row.depth)}${row.path}: ${row.hidden ? `+${row.hidden}` : row.preview}`,
  );

test("only what is open is shown, each row with its path from the root", () => {
  const value = { a: { b: [1, { "odd name": true }] }, c: null };
  expect(lines(value, [])).toEqual([": { a: {…}, c: null }"]);
  expect(lines(value, ["payload", "payload.a", "payload.a.b", "payload.a.b[1]"], "payload")).toEqual([
    "payload: { a: {…}, c: null }",
    "  payload.a: { b: [2] }",
    "    payload.a.b: [2]",
    "      payload.a.b[0]: 1",
    "      payload.a.b[1]: { odd name: true }",
    '        payload.a.b[1]["odd name"]: true',
    "  payload.c: null",
  ]);
});

test("a copied path is one that configs understand", () => {
  const value = { items: [{ "odd name": 7 }] };
  const row = treeRows(value, new Set(["", "items", "items[0]"])).at(-1);
  expect(getPath(value, row?.path ?? "")).toBe(7);
});

test("of long lists the first part is shown, and how much is left", () => {
  const rows = treeRows(
    Array.from({ length: 250 }, (_, index) => index),
    new Set([""]),
  );
  expect(rows).toHaveLength(102);
  expect(rows.at(-1)).toMatchObject({ hidden: 150, path: "" });
  const more = treeRows(Array.from({ length: 250 }), new Set([""]), { limits: new Map([["", 300]]) });
  expect(more).toHaveLength(251);
});

test.each([
  ['text "x"', '"text \\"x\\""'],
  [undefined, "undefined"],
  [{}, "{}"],
  [[], "[0]"],
  [1.5, "1.5"],
  [{ a: "x".repeat(80), b: 1 }, `{ a: "${"x".repeat(24)}…", b: 1 }`],
  [Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, i])), expect.stringMatching(/, … }$/)],
])("%j is previewed in one line", (value, line) => {
  expect(preview(value)).toEqual(line);
});

test("text is copied as it is, everything else as JSON", () => {
  expect(copyText("a\nb")).toBe("a\nb");
  expect(copyText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(copyText(undefined)).toBe("undefined");
});

test("a search finds keys and values at any depth, but not the indexes of lists", () => {
  const value = { items: [{ Name: "Anna" }] };
  expect(["anna", "NAME", "items", ""].map((text) => contains(value, text))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(contains([["x"]], "0")).toBe(false);
});
