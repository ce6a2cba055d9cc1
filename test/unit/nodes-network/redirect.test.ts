import { describe, expect, it } from "vitest";
import type { Outgoing } from "../../../nodes/network/outgoing/outgoing.ts";
import { redirected } from "../../../nodes/network/outgoing/redirect.ts";

const post: Outgoing = {
  method: "POST",
  url: new URL("https://a.example/one"),
  headers: { authorization: "Bearer x", cookie: "a=b", "content-type": "text/plain", accept: "*/*" },
  body: "hello",
};

const shown = (next: Outgoing | undefined) => next && { ...next, url: next.url.href };

describe("a redirect", () => {
  it.each([200, 300, 304, 400])("is none with status %d", (status) => {
    expect(redirected(post, status, "/two")).toBeUndefined();
  });

  it("is none without a location", () => {
    expect(redirected(post, 302, undefined)).toBeUndefined();
  });

  it.each([301, 302, 303])("with %d turns POST into GET, without its body", (status) => {
    expect(shown(redirected(post, status, "/two"))).toEqual({
      method: "GET",
      url: "https://a.example/two",
      headers: { authorization: "Bearer x", cookie: "a=b", accept: "*/*" },
      body: undefined,
    });
  });

  it.each([307, 308])("with %d repeats the request", (status) => {
    expect(shown(redirected(post, status, "two"))).toEqual({ ...post, url: "https://a.example/two" });
  });

  it.each(["https://b.example/", "http://a.example/", "https://a.example:444/", "//b.example/x"])(
    "to %s takes no credentials along",
    (location) => {
      expect(redirected(post, 307, location)?.headers).toEqual({
        "content-type": "text/plain",
        accept: "*/*",
      });
    },
  );

  it("to nowhere is an error", () => {
    expect(() => redirected(post, 302, "http://[")).toThrow('The redirect to "http://[" leads nowhere.');
  });
});
