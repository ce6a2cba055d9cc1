import { FakeClock } from "@millrace/sdk/testing";
import { expect, test } from "vitest";
import { SESSION_MS, Sessions } from "../../../engine/admin/access/sessions.ts";

const TOKEN = "a token of twenty letters";

test("a session outlives a restart of the engine, as long as the token stays", () => {
  const clock = new FakeClock();
  const id = new Sessions(clock, TOKEN).begin();
  expect(new Sessions(clock, TOKEN).has(id)).toBe(true);
  expect(new Sessions(clock, "another token, also long").has(id)).toBe(false);
});

test("a session ends after a week, also one from before a restart", async () => {
  const clock = new FakeClock();
  const id = new Sessions(clock, TOKEN).begin();
  const after = new Sessions(clock, TOKEN);
  await clock.advance(SESSION_MS - 1);
  expect(after.has(id)).toBe(true);
  await clock.advance(1);
  expect(after.has(id)).toBe(false);
});

test("an ended session does not open again, and tells who listens", () => {
  const sessions = new Sessions(new FakeClock(), TOKEN);
  const ended: string[] = [];
  sessions.onEnd((id) => ended.push(id));
  const id = sessions.begin();
  sessions.end(id);
  expect([sessions.has(id), ended]).toEqual([false, [id]]);
});

test.each(["", "x", "zz.random", "zzzzzzzzzz.random.signature"])("%j is no session", (id) => {
  expect(new Sessions(new FakeClock(), TOKEN).has(id)).toBe(false);
});

test("a thousand sessions are open at most: the oldest ends", () => {
  const sessions = new Sessions(new FakeClock(), TOKEN);
  const first = sessions.begin();
  for (let count = 0; count < 1000; count++) sessions.begin();
  expect(sessions.has(first)).toBe(false);
});
