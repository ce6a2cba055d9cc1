import { describe, expect, it } from "vitest";
import { retryDelay, type Tried } from "../../../nodes/network/outgoing/retry.ts";

const status = (code: number, retryAfter?: string): Tried["outcome"] => ({ status: code, retryAfter });
const tried = (more: Partial<Tried>): Tried => ({
  method: "GET",
  repeatable: false,
  tries: 1,
  retries: 3,
  statuses: [429, 500, 503],
  outcome: status(500),
  ...more,
});
const delay = (more: Partial<Tried>, random = 1) => retryDelay(tried(more), 0, random);

describe("a request is tried again", () => {
  it("after a wait that doubles, up to ten seconds, with jitter", () => {
    expect([1, 2, 3].map((tries) => delay({ tries }))).toEqual([200, 400, 800]);
    expect(delay({ tries: 19, retries: 20 })).toBe(10_000);
    expect(delay({}, 0)).toBe(100);
  });

  it("as often as it may be, and no more", () => {
    expect([3, 4].map((tries) => delay({ tries }))).toEqual([800, undefined]);
    expect(delay({ retries: 0 })).toBeUndefined();
  });

  it("only with the statuses that were named", () => {
    expect([404, 502, 200].map((code) => delay({ outcome: status(code) }))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(["POST", "PATCH"])("with %s only where the server did not begin", (method) => {
    const outcomes = [status(500), status(503), status(429), { connected: true }, { connected: false }];
    expect(outcomes.map((outcome) => delay({ method, outcome }))).toEqual([
      undefined,
      200,
      200,
      undefined,
      200,
    ]);
    expect(delay({ method, repeatable: true, outcome: { connected: true } })).toBe(200);
  });

  it("when the server says so", () => {
    expect(delay({ outcome: status(503, "7") })).toBe(7000);
    expect(delay({ outcome: status(503, new Date(9000).toUTCString()) })).toBe(9000);
    expect(delay({ outcome: status(503, "soon") })).toBe(200);
  });

  it("not when the server says later than a minute", () => {
    expect(delay({ outcome: status(503, "61") })).toBeUndefined();
  });
});
