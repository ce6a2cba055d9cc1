// What a Redis server says about itself, what a person should know about it, and what it can promise. Pure.

export interface ServerFacts {
  /** `redis` or `valkey`. */
  readonly product: string;
  readonly version: string;
  /** Of the version of Redis that it is compatible with. */
  readonly redisVersion: string;
  readonly loading: boolean;
  readonly replica: boolean;
  /** Whether it writes an append-only file. */
  readonly appendOnly: boolean;
  /** What it removes when its memory is full. */
  readonly eviction: string;
  /** How many replicas follow it. */
  readonly replicas: number;
}

/** Settings of CONFIG GET by name; undefined when this user may not ask. */
export type Settings = ReadonlyMap<string, string> | undefined;

export const NEEDED_VERSION = "7.0.0";
/** WAITAOF came with it. */
const WAIT_FOR_DISK_VERSION = "7.2.0";
export const SETTING_NAMES = ["appendfsync", "no-appendfsync-on-rewrite"] as const;

/** From the reply of INFO. */
export function readServerFacts(info: string): ServerFacts {
  const fields = new Map<string, string>();
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0 && !line.startsWith("#")) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const redisVersion = fields.get("redis_version") ?? "";
  const product = fields.get("server_name") ?? "redis";
  return {
    product,
    redisVersion,
    version: fields.get(`${product}_version`) ?? redisVersion,
    loading: fields.get("loading") === "1",
    replica: fields.get("role") === "slave",
    appendOnly: fields.get("aof_enabled") === "1",
    eviction: fields.get("maxmemory_policy") ?? "noeviction",
    replicas: Number(fields.get("connected_slaves") ?? 0),
  };
}

/** Whether the version is at least the needed one. A version that cannot be read is too old. */
export function isNewEnough(version: string, needed: string = NEEDED_VERSION): boolean {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (!found) return false;
  const wanted = needed.split(".").map(Number);
  for (let index = 0; index < wanted.length; index++) {
    const difference = Number(found[index + 1] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** What would lose data, in plain words. */
export function settingWarnings(facts: ServerFacts, settings: Settings): string[] {
  const warnings: string[] = [];
  if (facts.eviction !== "noeviction") {
    warnings.push(
      `Redis may throw away messages and state when its memory is full: maxmemory-policy is "${facts.eviction}". Set it to "noeviction".`,
    );
  }
  if (!facts.appendOnly) {
    warnings.push(
      'A crash of Redis loses everything since its last snapshot: appendonly is "no". Set it to "yes".',
    );
    return warnings;
  }
  if (!settings) {
    warnings.push(
      "Whether a crash of Redis can lose more than two seconds of messages is not known: this user may not read the settings appendfsync and no-appendfsync-on-rewrite. Grant it +config|get to have them checked.",
    );
    return warnings;
  }
  if (settings.get("no-appendfsync-on-rewrite") === "yes") {
    warnings.push(
      'A crash of Redis while it rewrites its log can lose many seconds of messages: no-appendfsync-on-rewrite is "yes". Set it to "no".',
    );
  }
  if (settings.get("appendfsync") === "no") {
    warnings.push(
      'A crash of the machine can lose the last half minute of messages: appendfsync is "no". Set it to "everysec" or "always".',
    );
  }
  return warnings;
}

/** Whether the server can be asked to wait until its disk has what was written. */
export function canWaitForDisk({ redisVersion }: ServerFacts): boolean {
  return isNewEnough(redisVersion, WAIT_FOR_DISK_VERSION);
}

/** Why a topic cannot be `synced` on this server; undefined when it can. */
export function whyNotSynced(facts: ServerFacts, settings: Settings): string | undefined {
  if (!facts.appendOnly) return 'Redis writes no log (appendonly is "no")';
  if (canWaitForDisk(facts)) return undefined;
  const old = `${facts.product} ${facts.version} cannot be asked to wait for its disk (WAITAOF came with 7.2)`;
  if (!settings) return `${old}, and its user may not read appendfsync (grant +config|get)`;
  const fsync = settings.get("appendfsync");
  if (fsync !== "always") return `${old}, and appendfsync is "${fsync}" instead of "always"`;
  if (settings.get("no-appendfsync-on-rewrite") === "yes") {
    return 'no-appendfsync-on-rewrite is "yes", so Redis does not wait for its disk while it rewrites its log';
  }
  return undefined;
}

/** Why a topic cannot be `replicated` on this server; undefined when it can. */
export function whyNotReplicated(facts: ServerFacts): string | undefined {
  return facts.replicas > 0 ? undefined : "no replica follows the master";
}
