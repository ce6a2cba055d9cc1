// Which names this server answers to, and which pages may call it. Guards against DNS rebinding (a foreign name
// pointed at this machine: the Host header is foreign) and against other sites' pages (the Origin header is theirs).
import type { IncomingMessage } from "node:http";
import { hostname } from "node:os";
import { hostRefused, originRefused } from "../../base/errors/admin.ts";
import type { MillraceError } from "../../base/errors/error.ts";

export interface Names {
  /** Names with port, lower case, as they stand in a Host header. */
  readonly allowed: ReadonlySet<string>;
  /** Listening on every address: the address that a connection came in at is a name, too. */
  readonly anyLocalAddress: boolean;
  readonly port: number;
}

/** The names of a server that listens on `host` and `port`, and those the configuration adds. */
export function namesOf(host: string, port: number, configured: readonly string[]): Names {
  const anyLocalAddress = host === "0.0.0.0" || host === "::";
  const loopback = host === "localhost" || host === "::1" || host.startsWith("127.");
  const names = anyLocalAddress ? [hostname()] : [host];
  if (loopback || anyLocalAddress) names.push("localhost", "127.0.0.1", "::1");
  const exact = names.map((name) => `${bracketed(name)}:${port}`);
  return {
    allowed: new Set([...exact, ...configured].map((name) => name.toLowerCase())),
    anyLocalAddress,
    port,
  };
}

/** Why a request is refused for where it is sent or comes from; undefined when it may pass. */
export function refuseForeign(request: IncomingMessage, names: Names): MillraceError | undefined {
  const host = request.headers.host?.toLowerCase() ?? "";
  if (!answersTo(host, request, names)) return hostRefused({ host });
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const originHost = hostOfOrigin(origin);
  if (originHost === undefined || !answersTo(originHost, request, names)) return originRefused({ origin });
  return undefined;
}

function answersTo(host: string, request: IncomingMessage, names: Names): boolean {
  if (names.allowed.has(host)) return true;
  // Port 80 is left out of a Host header.
  if (names.port === 80 && names.allowed.has(`${host}:80`)) return true;
  if (!names.anyLocalAddress) return false;
  const address = request.socket.localAddress?.replace(/^::ffff:/, "");
  return address !== undefined && host === `${bracketed(address)}:${names.port}`;
}

/** Host and port of an http(s) origin, exactly as it must be written; undefined for anything else. */
function hostOfOrigin(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  return isWeb && url.origin === origin.toLowerCase() ? url.host : undefined;
}

/** An address as URLs write it: IPv6 in brackets. */
export function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
