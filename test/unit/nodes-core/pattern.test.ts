// Users' regular expressions: the linear machine says what JavaScript says, and no text makes it slow.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runMachine } from "../../../nodes/core/pattern/machine.ts";
import { compilePattern } from "../../../nodes/core/pattern/pattern.ts";
import { compileProgram } from "../../../nodes/core/pattern/program.ts";
import { SyntaxReader } from "../../../nodes/core/pattern/syntax.ts";

function machineMatch(source: string, flags: string, text: string): string | null {
  const { tree, groups } = new SyntaxReader(source, flags).read();
  const slots = runMachine(compileProgram(tree, source), (groups.length + 1) * 2, text, 0, { steps: 1e6 });
  return slots ? text.slice(slots[0], slots[1]) : null;
}

const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\d", "\\b", "c");
const { pattern } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small" },
    atom,
    fc.tuple(tie("pattern"), fc.constantFrom("(", "(?:")).map(([inner, open]) => `${open}${inner})`),
    fc
      .tuple(
        fc.constantFrom("a", "[ab]", "(?:ab|b)", "."),
        fc.constantFrom("*", "+", "?", "*?", "+?", "{2}", "{1,3}"),
      )
      .map((parts) => parts.join("")),
  ),
  pattern: fc.oneof(
    { depthSize: "small" },
    fc.array(tie("item"), { minLength: 1, maxLength: 4 }).map((items) => items.join("")),
    fc.tuple(tie("pattern"), tie("pattern")).map((sides) => sides.join("|")),
  ),
}));

describe("pattern", () => {
  it("finds what JavaScript finds", () => {
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom("a", "b", "c", "1", " "), maxLength: 12 }),
        (source, text) => {
          expect(machineMatch(source, "", text)).toBe(new RegExp(source).exec(text)?.[0] ?? null);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ["(a+)+$", `${"a".repeat(5_000)}!`, false],
    ["(a|aa)*b", "a".repeat(5_000), false],
    ["(.*)(.*)(.*)(.*)x", "y".repeat(1_000), false],
    ["^(\\w+\\s?)*$", `${"word ".repeat(500)}!`, false],
    ["^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$", "ann.smith@mail.example.org", true],
  ])("answers %s at once on a text made to hurt", (source, text, expected) => {
    expect(compilePattern(source).test(text)).toBe(expected);
  });

  it("refuses a pattern that is too long", () => {
    expect(() => compilePattern("a".repeat(1_001))).toThrow("1001 characters long");
  });

  it("refuses a text that would keep it busy for long", () => {
    const pattern = compilePattern("(a|aa)*b");
    expect(() => pattern.test("a".repeat(5_000_000))).toThrow('too long for the pattern "(a|aa)*b"');
    expect(() => compilePattern("(a|b)(.*x)?").replace("a".repeat(50_000), "-")).toThrow("too long");
    expect(compilePattern("^(a|b)").replace("a".repeat(500_000), "-")).toHaveLength(500_000);
  });

  it("replaces every match, with groups by number and name", () => {
    const text = "2030-01-02 and 2031-11-12";
    const dates = compilePattern("(?<y>\\d+)-(\\d+)-(\\d+)");
    expect(dates.replace(text, "$3.$2.$<y> ($$)")).toBe("02.01.2030 ($) and 12.11.2031 ($)");
    expect(compilePattern("x*").replace("axb", "-")).toBe("axb".replace(/x*/g, "-"));
    expect(compilePattern("(?:x*)*").replace("axb", "[$&]$7")).toBe("axb".replace(/(?:x*)*/g, "[$&]$7"));
    expect(compilePattern("HELLO", { ignoreCase: true }).test("Say hello")).toBe(true);
  });

  it.each([
    ["(", /not a regular expression/],
    ["(a)\\1", /has a back-reference/],
    ["(?=a)b", /has a look-ahead/],
    ["(?<!a)b", /has a look-ahead, a look-behind/],
    ["(?:a{500}){500}", /too big/],
  ])("refuses %s with a sentence", (source, sentence) => {
    expect(() => compilePattern(source)).toThrow(sentence);
  });
});
