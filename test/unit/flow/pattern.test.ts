// Which regular expressions out of a flow may run.
import { describe, expect, it } from "vitest";
import { isQuick, patternCost } from "../../../engine/flow/pattern.ts";

describe("the cost of a pattern", () => {
  it.each<[string, object]>([
    ["^abc$", { repeats: 0, choices: 0 }],
    ["^\\d+(\\.\\d+)?(ms|s)$", { repeats: 2, choices: 2 }],
    ["^[a*+?(|]{2,4}\\*\\($", { repeats: 0, choices: 4 }],
    ["a{3,}b{1000}", { repeats: 2, choices: 0 }],
    ["(?:abc)*", { repeats: 1, choices: 0 }],
    ["{a}", { repeats: 0, choices: 0 }],
  ])("of %s is known", (pattern, cost) => {
    expect(patternCost(pattern)).toEqual(cost);
  });

  it.each([
    "(a+)+",
    "(a*)*b",
    "((a|b))*",
    "(a?){20}",
    "(?=a+)b",
    "(?<!a)b",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "a)",
    "([a-z]+\\.)+",
  ])("of %s is unknown", (pattern) => {
    expect(patternCost(pattern)).toBeUndefined();
  });

  it("decides how long a text may be", () => {
    expect([isQuick("^a+$", 1_000), isQuick("^a+$", 10_000)]).toEqual([true, false]);
    expect([isQuick("^abc$", 1_000_000), isQuick("(a|a)".repeat(30), 30)]).toEqual([true, false]);
  });
});
