import { expect, test } from "vitest";
import { failpoint } from "../../../engine/base/failpoints.ts";

test("nothing is called where no rule names the place", () => {
  expect(failpoint("before-commit", undefined)).toBeUndefined();
  expect(failpoint("before-commit", "")).toBeUndefined();
  expect(failpoint("before-commit", "after-commit=kill")).toBeUndefined();
});

test("a rule with a pass acts at that pass only, counted by each who asked", () => {
  const rules = "after-commit=kill,before-commit=pause:0@2";
  const [first, second] = [failpoint("before-commit", rules), failpoint("before-commit", rules)];
  const held = [first?.(), second?.(), first?.(), first?.()].map((passed) => passed instanceof Promise);
  expect(held).toEqual([false, false, true, false]);
});

test("a rule without a pass acts at every pass", () => {
  const point = failpoint("during-deploy", "during-deploy=pause:0");
  expect([point?.(), point?.()].every((passed) => passed instanceof Promise)).toBe(true);
});

test.each(["befor-commit=kill", "before-commit", "before-commit=explode", "before-commit=pause"])(
  "a rule that means nothing is refused: %s",
  (rule) => {
    expect(() => failpoint("during-claim", rule)).toThrow(`MILLRACE_FAILPOINTS holds "${rule}"`);
  },
);
