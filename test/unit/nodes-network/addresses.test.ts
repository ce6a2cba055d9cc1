import { describe, expect, it } from "vitest";
import { addressGuard } from "../../../nodes/network/outgoing/addresses.ts";
import { checkUrl } from "../../../nodes/network/outgoing/guard.ts";

const strict = addressGuard(false);
const allowed = addressGuard(true);

describe("addresses of this machine and of private networks are called only when it was allowed", () => {
  it.each([
    "127.0.0.1",
    "127.8.9.1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "198.18.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
  ])("%s", (address) => {
    expect([strict(address), allowed(address)]).toEqual(["private", undefined]);
  });
});

describe("link-local, metadata and impossible addresses are never called", () => {
  it.each([
    "169.254.169.254",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "fd00:ec2::254",
    "::",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "ff02::1",
  ])("%s", (address) => {
    expect([strict(address), allowed(address)]).toEqual(["reserved", "reserved"]);
  });
});

it.each(["8.8.8.8", "172.32.0.1", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])(
  "%s may be called",
  (address) => {
    expect(strict(address)).toBeUndefined();
  },
);

describe("a URL is refused", () => {
  it.each([
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://[::ffff:7f00:1]/",
    "http://①②⑦.0.0.1/",
    "file:///etc/passwd",
    "ftp://example.com/",
  ])("like %s, however it is written", (url) => {
    expect(() => checkUrl(new URL(url), strict)).toThrow(/is a private address|is not http: or https:/);
  });
});
