import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { namesOf, refuseForeign } from "../../../engine/admin/access/origin.ts";

const request = (headers: Record<string, string>, localAddress = "127.0.0.1") =>
  ({ headers, socket: { localAddress } }) as unknown as IncomingMessage;

describe("a request may name the server", () => {
  it("only by the address it listens on, when that is not loopback", () => {
    const names = namesOf("192.168.1.5", 3880, []);
    expect(refuseForeign(request({ host: "192.168.1.5:3880" }), names)).toBeUndefined();
    expect(refuseForeign(request({ host: "localhost:3880" }), names)?.code).toBe("admin/host-refused");
  });

  it("by an IPv6 address in brackets", () => {
    const names = namesOf("::", 3880, []);
    expect(refuseForeign(request({ host: "[fd00::1]:3880" }, "fd00::1"), names)).toBeUndefined();
    expect(refuseForeign(request({ host: "10.0.0.1:3880" }, "::ffff:10.0.0.1"), names)).toBeUndefined();
    expect(refuseForeign(request({ host: "[fd00::2]:3880" }, "fd00::1"), names)?.code).toBe(
      "admin/host-refused",
    );
  });

  it("without the port on port 80", () => {
    const names = namesOf("localhost", 80, []);
    const page = { host: "localhost", origin: "http://localhost" };
    expect(refuseForeign(request(page), names)).toBeUndefined();
  });
});

describe("an origin must be exactly one of the server's names", () => {
  const names = namesOf("127.0.0.1", 3880, []);
  const host = "127.0.0.1:3880";
  it.each(["http://127.0.0.1:3880", "http://localhost:3880", "http://[::1]:3880"])("like %s", (origin) => {
    expect(refuseForeign(request({ host, origin }), names)).toBeUndefined();
  });
  it.each([
    "http://127.0.0.1:3880/",
    "http://user@127.0.0.1:3880",
    "http://127.0.0.1",
    "ws://127.0.0.1:3880",
    "http://127.0.0.1:3880, http://evil.example",
    "",
  ])("not %j", (origin) => {
    expect(refuseForeign(request({ host, origin }), names)?.code).toBe("admin/origin-refused");
  });
});
