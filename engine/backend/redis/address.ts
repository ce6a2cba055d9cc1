// The address of Redis: one server (`redis://`), the Sentinels that know it (`redis-sentinel://`), or some nodes of a
// cluster (`redis-cluster://`); `rediss…` for TLS.
import type { RedisOptions } from "ioredis";
import { redisUrlInvalid } from "../../base/errors/index.ts";

export interface RedisAddress {
  /** For sentences and logs: without passwords. */
  readonly shown: string;
  readonly hasPassword: boolean;
  readonly kind: "single" | "sentinel" | "cluster";
  /** The server, its Sentinels, or nodes of the cluster to begin with. */
  readonly hosts: readonly Host[];
  /** What every connection to a server that holds data has. */
  readonly options: RedisOptions;
}

export interface Host {
  readonly host: string;
  readonly port: number;
}

const PARTS = /^([a-z-]+):\/\/(?:(.*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const KINDS: Readonly<Record<string, RedisAddress["kind"]>> = {
  redis: "single",
  rediss: "single",
  "redis-sentinel": "sentinel",
  "rediss-sentinel": "sentinel",
  "redis-cluster": "cluster",
  "rediss-cluster": "cluster",
};
const DEFAULT_PORT = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;

/** Throws `backend/redis-url-invalid`. */
export function parseRedisAddress(text: string): RedisAddress {
  const [, scheme = "", login, places = "", path = "", query = ""] = PARTS.exec(text) ?? [];
  const shown = shownUrl(text);
  const refuse = (reason: string) => redisUrlInvalid({ url: shown, reason });
  if (scheme === "") throw refuse("it has no form like scheme://host:port");
  const kind = KINDS[scheme];
  if (kind === undefined) {
    throw refuse(
      `"${scheme}://" is none of "redis://", "rediss://", "redis-sentinel://", "redis-cluster://"`,
    );
  }
  const hosts = places.split(",").map((place) => parseHost(place, DEFAULT_PORT[kind], refuse));
  if (kind === "single" && hosts.length > 1) {
    throw refuse('several hosts need "redis-sentinel://" or "redis-cluster://"');
  }
  const secure = scheme.startsWith("rediss");
  const colon = (login ?? "").indexOf(":");
  const username = decoded(colon < 0 ? (login ?? "") : (login ?? "").slice(0, colon));
  const password = colon < 0 ? "" : decoded((login ?? "").slice(colon + 1));
  const own: RedisOptions = {
    ...(username !== "" && { username }),
    ...(password !== "" && { password }),
    ...(secure && { tls: {} }),
  };
  const parts = { hosts, path: decoded(path), query, secure, refuse };
  const options = { ...own, ...optionsOf(kind, parts) };
  return { shown, hasPassword: password !== "", kind, hosts, options };
}

interface Parts {
  readonly hosts: readonly Host[];
  readonly path: string;
  readonly query: string;
  readonly secure: boolean;
  readonly refuse: (reason: string) => Error;
}

function optionsOf(kind: RedisAddress["kind"], parts: Parts): RedisOptions {
  switch (kind) {
    case "single":
      return { ...parts.hosts[0], db: parseDatabase(parts.path, parts), ...noQuery(parts) };
    case "sentinel":
      return sentinelOptions(parts);
    case "cluster":
      if (parts.path !== "") throw parts.refuse("a cluster has no databases; leave the path away");
      return noQuery(parts);
  }
}

/** `/masterName[/database]?sentinel-user=…&sentinel-password=…` */
function sentinelOptions({ hosts, path, query, secure, refuse }: Parts): RedisOptions {
  const [name = "", database = "", ...more] = path.split("/");
  if (name === "") throw refuse('it does not name the master, as in "redis-sentinel://host:26379/mymaster"');
  if (more.length > 0) throw refuse(`"${path}" is no name of a master with a database`);
  const asked = new URLSearchParams(query);
  for (const parameter of asked.keys()) {
    if (parameter === "sentinel-user" || parameter === "sentinel-password") continue;
    throw refuse(`the parameter "${parameter}" is not known; there are sentinel-user and sentinel-password`);
  }
  const user = asked.get("sentinel-user");
  const password = asked.get("sentinel-password");
  return {
    sentinels: [...hosts],
    name,
    role: "master",
    db: parseDatabase(database, { refuse }),
    ...(user !== null && { sentinelUsername: user }),
    ...(password !== null && { sentinelPassword: password }),
    ...(secure && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
  };
}

function parseDatabase(text: string, { refuse }: Pick<Parts, "refuse">): number {
  if (!/^\d*$/.test(text)) throw refuse(`the database "${text}" is no number`);
  return Number(text || 0);
}

function noQuery({ query, refuse }: Parts): RedisOptions {
  if (query !== "") throw refuse(`it takes no parameters, and has "?${query}"`);
  return {};
}

function parseHost(place: string, defaultPort: number, refuse: Parts["refuse"]): Host {
  const [, host = "", port] = /^(\[[^\]]+\]|[^:]*)(?::(.*))?$/.exec(place) ?? [];
  if (host === "") throw refuse(place === "" ? "it names no host" : `"${place}" names no host`);
  const number = port === undefined || port === "" ? defaultPort : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw refuse(`the port "${port}" is no number from 1 to 65535`);
  }
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: number };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function shownUrl(text: string): string {
  return text
    .replace(/^([^/]*:\/\/)?([^:@]*):?.*@/, (all, scheme = "", user = "") =>
      all.includes(":", scheme.length) ? `${scheme}${user}:…@` : `${scheme}${user}@`,
    )
    .replace(/(sentinel-password=)[^&]*/, "$1…")
    .replace(/\/$/, "");
}
