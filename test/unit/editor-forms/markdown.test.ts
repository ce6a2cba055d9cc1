// Help texts come from packages: what they may become on screen is decided here.
import { expect, test } from "vitest";
import { parseInline, parseMarkdown } from "../../../editor/inspector/markdown.ts";

const text = (value: string) => ({ kind: "text", text: value });

test("headings, paragraphs, lists and code are told apart", () => {
  const source =
    '# Timer\nFires **often**\nor `once`.\n\n- one\n  more\n- two\n\n1. first\n\n```json\n{ "a": 1 }\n\n# no\n```\n> said';
  expect(parseMarkdown(source)).toEqual([
    { kind: "heading", level: 1, parts: [text("Timer")] },
    {
      kind: "paragraph",
      parts: [
        text("Fires "),
        { kind: "strong", parts: [text("often")] },
        text(" or "),
        { kind: "code", text: "once" },
        text("."),
      ],
    },
    { kind: "list", ordered: false, items: [[text("one more")], [text("two")]] },
    { kind: "list", ordered: true, items: [[text("first")]] },
    { kind: "code", language: "json", text: '{ "a": 1 }\n\n# no' },
    { kind: "quote", parts: [text("said")] },
  ]);
});

test("a table has a head and rows", () => {
  expect(parseMarkdown("| a | b |\n| - | - |\n| `x` | y |")).toEqual([
    { kind: "table", head: [[text("a")], [text("b")]], rows: [[[{ kind: "code", text: "x" }], [text("y")]]] },
  ]);
});

test("HTML stays text", () => {
  expect(parseMarkdown('<img src=x onerror="alert(1)">')).toEqual([
    { kind: "paragraph", parts: [text('<img src=x onerror="alert(1)">')] },
  ]);
});

test("a link keeps its address only when it leads to the web or to mail", () => {
  expect(parseInline("[docs](https://example.org/a)")).toEqual([
    { kind: "link", address: "https://example.org/a", parts: [text("docs")] },
  ]);
  expect(parseInline("[x](javascript:alert)")).toEqual([text("x")]);
  expect(parseInline("[x](data:text/html,y)")).toEqual([text("x")]);
});

test("snake_case, lone stars and unclosed marks are left as they are", () => {
  expect(parseInline("max_retry_count 2 * 3 and **open")).toEqual([text("max_retry_count 2 * 3 and **open")]);
});

test("an unclosed code block runs to the end", () => {
  expect(parseMarkdown("```\nx")).toEqual([{ kind: "code", language: "", text: "x" }]);
});
