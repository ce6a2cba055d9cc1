// The address of a Redis server: `redis://[[user]:password@]host[:port][/database]`, `rediss://` for TLS.
import type { RedisOptions } from "ioredis";
import { errorText, redisUrlInvalid } from "../../base/errors/index.ts";

export interface RedisAddress {
  /** For sentences and logs: without the password. */
  readonly shown: string;
  readonly hasPassword: boolean;
  readonly options: RedisOptions;
}

/** Throws `backend/redis-url-invalid`. */
export function parseRedisAddress(text: string): RedisAddress {
  const url = parse(text);
  const shown = shownUrl(url);
  const refuse = (reason: string) => redisUrlInvalid({ url: shown, reason });
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") {
    throw refuse(`"${url.protocol}//" is neither "redis://" nor "rediss://"`);
  }
  if (url.hostname === "") throw refuse("it names no host");
  const database = url.pathname.replace(/^\//, "");
  if (!/^\d*$/.test(database)) throw refuse(`the database "${database}" is no number`);
  const username = decoded(url.username);
  const password = decoded(url.password);
  return {
    shown,
    hasPassword: password !== "",
    options: {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(url.port || 6379),
      db: Number(database || 0),
      ...(username !== "" && { username }),
      ...(password !== "" && { password }),
      ...(url.protocol === "rediss:" && { tls: {} }),
    },
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    // The text may hold a password: only what stands behind it is shown.
    const shown = text.replace(/^(.*:\/\/)?.*@/, "$1…@");
    throw redisUrlInvalid({ url: shown, reason: errorText(cause).toLowerCase() }, { cause });
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function shownUrl(url: URL): string {
  const user =
    url.username === "" && url.password === "" ? "" : `${url.username}${url.password === "" ? "" : ":…"}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}
