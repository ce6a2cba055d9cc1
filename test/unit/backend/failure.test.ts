// What an error means for a call, and for people.
import { expect, test } from "vitest";
import { classifyFailure, connectError, refusalText } from "../../../engine/backend/redis/failure.ts";

const reply = (message: string) => Object.assign(new Error(message), { name: "ReplyError" });

test("tells apart what was not sent, what may have happened, what was refused, and what is final", () => {
  const told = [
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    new Error("Connection is closed."),
    Object.assign(new Error("Command aborted due to connection close"), { name: "AbortError" }),
    reply("LOADING Redis is loading the dataset in memory"),
    reply("OOM command not allowed when used memory > 'maxmemory'."),
    reply("MISCONF Errors writing to the AOF file: No space left on device"),
    reply("READONLY You can't write against a read only replica."),
    reply("ERR Function not found"),
    reply("WRONGTYPE Operation against a key holding the wrong kind of value"),
    new TypeError("a bug"),
    "not even an error",
  ].map(classifyFailure);
  expect(told).toEqual([
    "unsent",
    "lost",
    "lost",
    "refused",
    "refused",
    "refused",
    "refused",
    "unknown-function",
    "definite",
    "definite",
    "definite",
  ]);
});

test("says for people what a refusal means", () => {
  expect(refusalText("OOM command not allowed")).toMatch(/no memory left/);
  expect(refusalText("MISCONF Errors writing")).toMatch(/cannot write to its disk/);
  expect(refusalText("TRYAGAIN later")).toBe("Redis refuses work: TRYAGAIN later");
});

test("explains why no session came about, and whether waiting may help", () => {
  const explain = (error: Error) => {
    const { error: made, final } = connectError(error, "redis://host:6379");
    return [made.code, final];
  };
  expect(explain(reply("WRONGPASS invalid username-password pair or user is disabled."))).toEqual([
    "backend/redis-login-refused",
    true,
  ]);
  expect(explain(reply("NOAUTH Authentication required."))).toEqual(["backend/redis-login-missing", true]);
  expect(explain(reply("NOPERM this user has no permissions to run the 'fcall' command"))).toEqual([
    "backend/redis-permission-missing",
    true,
  ]);
  expect(explain(new Error('Unknown RESP type 72 "H". Please report this.'))).toEqual([
    "backend/redis-not-redis",
    true,
  ]);
  const refused = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
  expect(explain(refused)).toEqual(["backend/redis-unreachable", false]);
  expect(connectError(refused, "redis://host").error.message).toContain("ECONNREFUSED");
});
