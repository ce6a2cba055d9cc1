// The two things a script's context asks of the runner while it runs. Strings in, strings out, nothing thrown.
import { randomBytes } from "node:crypto";

const PARTS = [
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;
const MAX_URL_CHARACTERS = 1_000_000;

/** Parses a URL, or sets one part of it; JSON of its parts, or "" when it is none. */
export function answerUrl(input: unknown, base: unknown, part: unknown, value: unknown): string {
  try {
    if (String(input).length > MAX_URL_CHARACTERS || String(value).length > MAX_URL_CHARACTERS) return "";
    const url = base === "" ? new URL(String(input)) : new URL(String(input), String(base));
    const known = PARTS.find((name) => name === part);
    if (known) url[known] = String(value);
    const parts = Object.fromEntries(PARTS.map((name) => [name, url[name]]));
    return JSON.stringify({ ...parts, href: url.href, origin: url.origin });
  } catch {
    return "";
  }
}

/** Random bytes as hex. */
export function answerRandom(): string {
  return randomBytes(1024).toString("hex");
}
