// Cron expressions in words, while one is written.
import { expect, test } from "vitest";
import { cronProblem, describeCron } from "../../../editor/inspector/form/cron.ts";

test.each([
  ["0 9 * * *", "At 09:00."],
  ["*/15 8-18 * * mon-fri", "Every 15 minutes of hour 8 to 18, on Monday to Friday."],
  ["* * * * *", "Every minute."],
  ["*/10 * * * * *", "Every 10 seconds."],
  ["30 0 12 1,15 * *", "At 12:00:30, on day 1 and 15 of the month."],
  ["0 0 1 jan *", "At 00:00, on day 1 of the month, in January."],
  ["5 * * * sat,sun", "Minute 5, on Saturday and Sunday."],
  ["@daily", "At 00:00."],
])("%s is: %s", (expression, words) => {
  expect(describeCron(expression)).toBe(words);
});

test.each([
  ["* * *", { kind: "count", part: "3" }],
  ["61 * * * *", { kind: "part", part: "61" }],
  ["* * * foo *", { kind: "part", part: "foo" }],
  ["*/0 * * * *", { kind: "part", part: "*/0" }],
  ["0 9 * * 1-5", null],
  ["0 0 L * *", null],
  ["0 0 * * fri#2", null],
])("%s: what is wrong is %j", (expression, problem) => {
  expect(cronProblem(expression)).toEqual(problem);
  if (problem) expect(describeCron(expression)).toBeNull();
});
