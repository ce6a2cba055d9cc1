// Digest authentication (RFC 7616): the answer to a server's challenge, without ever sending the password.
import { createHash, randomBytes } from "node:crypto";

const HASHES: Readonly<Record<string, string>> = {
  md5: "md5",
  "md5-sess": "md5",
  "sha-256": "sha256",
  "sha-256-sess": "sha256",
};

export interface DigestAccess {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  /** Path and query as they are sent. */
  readonly uri: string;
  /** Default: random. */
  readonly clientNonce?: string;
}

/** The Authorization header for a WWW-Authenticate header; undefined when no challenge in it can be answered. */
export function answerDigest(challenge: string, access: DigestAccess): string | undefined {
  const [asked] = challengesIn(challenge).sort((a, b) => strength(b) - strength(a));
  if (!asked) return undefined;
  const { realm = "", nonce = "", opaque, algorithm = "MD5", qop } = asked;
  const hash = (text: string) =>
    createHash(HASHES[algorithm.toLowerCase()] ?? "md5")
      .update(text)
      .digest("hex");
  const { user, password, method, uri } = access;
  const clientNonce = access.clientNonce ?? randomBytes(16).toString("hex");
  const count = "00000001";
  const plain = hash(`${user}:${realm}:${password}`);
  const first = /-sess$/i.test(algorithm) ? hash(`${plain}:${nonce}:${clientNonce}`) : plain;
  const second = hash(`${method}:${uri}`);
  // Without qop, the server is of RFC 2069.
  const response =
    qop === undefined
      ? hash(`${first}:${nonce}:${second}`)
      : hash(`${first}:${nonce}:${count}:${clientNonce}:auth:${second}`);
  const fields = [
    `username="${quoted(user)}"`,
    `realm="${quoted(realm)}"`,
    `nonce="${quoted(nonce)}"`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
    ...(qop === undefined ? [] : ["qop=auth", `nc=${count}`, `cnonce="${clientNonce}"`]),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
  ];
  return `Digest ${fields.join(", ")}`;
}

type Challenge = Partial<Record<"realm" | "nonce" | "opaque" | "algorithm" | "qop", string>>;

/** The digest challenges that can be answered; other schemes and algorithms are left out. */
function challengesIn(header: string): Challenge[] {
  const parts = header.split(/(?:^|,)\s*(?=(?:Basic|Bearer|Digest|Negotiate|NTLM)\b)/i);
  return parts.flatMap((part) => {
    const text = /^\s*Digest\s+([\s\S]*)$/i.exec(part)?.[1];
    if (text === undefined) return [];
    const fields = new Map<string, string>();
    for (const [, name = "", inQuotes, bare] of text.matchAll(
      /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g,
    )) {
      fields.set(name.toLowerCase(), inQuotes?.replaceAll(/\\(.)/g, "$1") ?? bare ?? "");
    }
    const challenge: Challenge = Object.fromEntries(fields);
    const known = Object.hasOwn(HASHES, (challenge.algorithm ?? "MD5").toLowerCase());
    const offersAuth = challenge.qop === undefined || /(^|[\s,])auth([\s,]|$)/.test(challenge.qop);
    return known && offersAuth ? [challenge] : [];
  });
}

function strength({ algorithm = "MD5" }: Challenge): number {
  return algorithm.toLowerCase().startsWith("sha") ? 1 : 0;
}

function quoted(text: string): string {
  return text.replaceAll(/["\\]/g, "\\$&");
}
