import { describe, expect, it } from "vitest";
import { answerOf } from "../../../nodes/network/incoming/response.ts";

const usual = { status: 200, headers: { "Cache-Control": "no-store" } };
const headers = { "cache-control": "no-store" };

describe("a payload is", () => {
  it.each<[string, unknown]>([
    ["text", "hi"],
    ["a list", [1]],
    ["nothing", undefined],
    ["an object without any part of an answer", { name: "a" }],
    ["an empty object", {}],
    ["an object with more than an answer has", { status: 200, name: "a" }],
    ["an object whose status is none of HTTP", { status: "ok", body: 1 }],
    ["an object whose headers are none", { headers: "x" }],
    ["bytes", new Uint8Array([1])],
  ])("the body alone when it is %s", (_name, payload) => {
    expect(answerOf(payload, usual)).toEqual({ status: 200, headers, body: payload });
  });

  it("an answer when it has only parts of one", () => {
    expect(answerOf({ status: 201, body: { a: 1 } }, usual)).toEqual({
      status: 201,
      headers,
      body: { a: 1 },
    });
    expect(answerOf({ body: "b" }, usual)).toEqual({ status: 200, headers, body: "b" });
    expect(answerOf({ status: 204 }, usual)).toEqual({ status: 204, headers, body: undefined });
  });
});

it("the payload's headers go before the usual ones, whatever their case", () => {
  const payload = {
    headers: { "CACHE-CONTROL": "max-age=1", "X-Count": 3, "x-none": null, vary: ["a", "b"] },
  };
  expect(answerOf(payload, usual).headers).toEqual({
    "cache-control": "max-age=1",
    "x-count": "3",
    vary: ["a", "b"],
  });
});

it("cookies are set, with options, or forgotten", () => {
  const cookies = {
    a: "1 2",
    b: { value: "2", maxAge: 60, httpOnly: true, secure: true, sameSite: "lax", path: "/b" },
    c: null,
  };
  expect(answerOf({ headers: { "set-cookie": "z=0" }, cookies }, usual).headers?.["set-cookie"]).toEqual([
    "z=0",
    "a=1%202; Path=/",
    "b=2; Max-Age=60; Path=/b; HttpOnly; Secure; SameSite=Lax",
    "c=; Max-Age=0; Path=/",
  ]);
});
