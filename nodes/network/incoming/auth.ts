// Who an endpoint lets in. Secrets are compared in a time that does not tell how much of them was right.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AuthConfig } from "./config.ts";
import { Refusal } from "./refusal.ts";

/** Throws a Refusal unless the headers hold what `auth` asks for. A signature is checked by `checkSignature`. */
export function checkCredentials(auth: AuthConfig, headers: IncomingHttpHeaders): void {
  switch (auth.type) {
    case "basic": {
      const given = /^basic +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
      const expected = Buffer.from(`${auth.user}:${auth.password}`).toString("base64");
      if (!same(given, expected)) refuse("user and password", 'Basic realm="endpoint", charset="UTF-8"');
      return;
    }
    case "bearer": {
      const given = /^bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
      if (!same(given, auth.token)) refuse("token", "Bearer");
      return;
    }
    case "hmac":
      if (headers[headerOf(auth)] === undefined) refuseSignature(headerOf(auth));
      return;
    default:
      auth satisfies never;
  }
}

/** Throws a Refusal unless the body, as it was sent, is signed. */
export function checkSignature(auth: AuthConfig, headers: IncomingHttpHeaders, body: Uint8Array): void {
  if (auth.type !== "hmac") return;
  const { algorithm = "sha256", encoding = "hex", prefix = "" } = auth;
  const given = headers[headerOf(auth)];
  const signature = createHmac(algorithm, auth.secret).update(body).digest(encoding);
  const text = typeof given === "string" && given.startsWith(prefix) ? given.slice(prefix.length) : "";
  if (!same(encoding === "hex" ? text.toLowerCase() : text, signature)) refuseSignature(headerOf(auth));
}

function headerOf(auth: Extract<AuthConfig, { type: "hmac" }>): string {
  return (auth.header ?? "x-signature").toLowerCase();
}

function refuse(what: string, challenge: string): never {
  throw new Refusal(401, "http/unauthorized", `The ${what} of this endpoint is needed.`, {
    headers: { "www-authenticate": challenge },
  });
}

function refuseSignature(header: string): never {
  throw new Refusal(
    401,
    "http/bad-signature",
    `The header "${header}" does not hold the signature of the body.`,
  );
}

function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
