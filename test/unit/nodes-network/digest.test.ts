import { describe, expect, it } from "vitest";
import { answerDigest } from "../../../nodes/network/outgoing/digest.ts";

/** The example of RFC 7616, section 3.9.1. */
const access = {
  user: "Mufasa",
  password: "Circle of Life",
  method: "GET",
  uri: "/dir/index.html",
  clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
};
const challenge = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
const MD5 = 'response="8ca523f5e9506fed4657c9700eebdbec"';
const SHA256 = 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"';

describe("a digest challenge", () => {
  it("is answered as in the RFC", () => {
    expect(answerDigest(challenge("MD5"), access)).toContain(MD5);
    expect(answerDigest(challenge("SHA-256"), access)).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", ${SHA256}, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    );
  });

  it("is the strongest of several, among other schemes", () => {
    const header = `Basic realm="a, b", ${challenge("MD5")}, ${challenge("SHA-256")}, Bearer`;
    expect(answerDigest(header, access)).toContain(SHA256);
  });

  it("of an old server needs no qop (RFC 2617, section 3.5, without it)", () => {
    const old = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
    const answer = answerDigest(old, { ...access, password: "Circle Of Life" });
    expect(answer).toContain('response="670fd8c2df070c60b045671b8b24ff02"');
    expect(answer).not.toContain("qop");
  });

  it.each(["Basic realm=x", "Digest realm=x, algorithm=SHA-512-256", 'Digest realm=x, qop="auth-int"', ""])(
    "that cannot be answered is left: %s",
    (header) => {
      expect(answerDigest(header, access)).toBeUndefined();
    },
  );
});
