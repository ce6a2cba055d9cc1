// JSON with places: what is wrong with a text in words, and where values stand.
import { describe, expect, it } from "vitest";
import { locate, parseJson, withPlaces } from "../../../engine/flow/index.ts";

const fault = (text: string) => {
  const [first] = parseJson(text).problems;
  return first && `${first.line}:${first.column} ${first.message}`;
};

describe("a text that is no JSON", () => {
  it.each([
    ["", "1:1 The file is empty. Write at least {}."],
    ["{", '1:2 A closing "}" is missing at the end of the file. Add it.'],
    ["[1", '1:3 A closing "]" is missing at the end of the file. Add it.'],
    ['{"a" 1}', '1:6 A colon is missing before "1". Write "name": value.'],
    ['{"a": 1,\n}', '2:1 A comma stands before "}", but nothing follows it. Remove the comma.'],
    ["[1,]", '1:4 A comma stands before "]", but nothing follows it. Remove the comma.'],
    ['{\n  "a": 1\n  "b": 2\n}', '3:3 A comma is missing before "b". Add it.'],
    ['{"a":}', '1:6 A value is missing before "}". Write one, or remove the name.'],
    ['{"a": yes}', '1:7 "yes" is not JSON. Write a text in double quotes, a number, true, false or null.'],
    ["{5: 1}", '1:2 A name in double quotes is missing before "5". Write for example "nodes".'],
    ["{} 5", '1:4 "5" stands after the end of the flow. Remove it.'],
    ['{"a": "b\n"}', '1:7 The text "b has no closing quote on its line. Add it; write a line break as \\n.'],
    ['{"a": "\\q"}', '1:7 "\\q" has a backslash that means nothing. Write a backslash as \\\\.'],
    [
      '{"a": "\t"}',
      '1:7 "\t" has a character that must be escaped. Write a tab as \\t, a line break as \\n.',
    ],
    ["{ // why\n}", '1:3 Comments are not JSON. Put the words into "description", or a note of the layout.'],
  ])("%j is told of in words", (text, sentence) => {
    expect(fault(text)).toBe(sentence);
  });

  it("is refused before its depth can do harm, sound or not", () => {
    expect(fault("[".repeat(100_000))).toBe(
      "1:101 Objects and lists are nested more than 100 deep here. Flatten them.",
    );
    expect(fault(`{5:${"[".repeat(100_000)}`)).toContain("nested more than 100 deep");
    expect(parseJson(`${"[".repeat(100)}${"]".repeat(100)}`).problems).toEqual([]);
  });
});

describe("a name that stands twice", () => {
  it("is told with its place, wherever it is", () => {
    const text = '{ "nodes": { "a": {},\n "a": { "x": [{ "y": 1, "y": 2 }] } },\n "nodes": 1 }';
    expect(parseJson(text)).toEqual({
      value: { nodes: 1 },
      problems: [
        ["/nodes/a", 2, 2, '"a" stands twice in "nodes"; the first would be lost. Rename or remove one.'],
        [
          "/nodes/a/x/0/y",
          2,
          25,
          '"y" stands twice in "nodes.a.x.0"; the first would be lost. Rename or remove one.',
        ],
        ["/nodes", 3, 2, '"nodes" stands twice in the flow; the first would be lost. Rename or remove one.'],
      ].map(([path, line, column, message]) => ({
        severity: "error",
        code: "flow/duplicate-key",
        message,
        path,
        line,
        column,
      })),
    });
  });

  it("is not seen where the same name stands in two objects", () => {
    expect(parseJson('{ "a": { "x": 1 }, "b": { "x": 1 }, "c": [{ "x": 1 }, { "x": 2 }] }').problems).toEqual(
      [],
    );
  });
});

describe("the place of a pointer", () => {
  const text = '{\n  "nodes": {\n    "a/b": { "list": [1,\n {"~": true}] }\n  }\n}';

  it("is where its value begins, or that of the nearest parent", () => {
    const pointers = ["", "/nodes", "/nodes/a~1b/list/1/~0", "/nodes/a~1b/list/7", "/nodes/none/of/it"];
    expect(Object.fromEntries(locate(text, pointers))).toEqual({
      "": { line: 1, column: 1 },
      "/nodes": { line: 2, column: 12 },
      "/nodes/a~1b/list/1/~0": { line: 4, column: 8 },
      "/nodes/a~1b/list/7": { line: 3, column: 22 },
      "/nodes/none/of/it": { line: 2, column: 12 },
    });
  });

  it("is added to problems that have none of their own", () => {
    const problem = { severity: "error", code: "a/b", message: "No.", path: "/nodes" } as const;
    expect(withPlaces([problem, { ...problem, file: "x.ts" }, { ...problem, line: 9 }], text)).toEqual([
      { ...problem, line: 2, column: 12 },
      { ...problem, file: "x.ts" },
      { ...problem, line: 9 },
    ]);
  });
});
