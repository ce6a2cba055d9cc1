// What a Redis server says about itself, and what a person should know about it. Pure.

export interface ServerFacts {
  /** `redis` or `valkey`. */
  readonly product: string;
  readonly version: string;
  /** Of the version of Redis that it is compatible with. */
  readonly redisVersion: string;
  readonly loading: boolean;
  readonly replica: boolean;
}

export const NEEDED_VERSION = "7.0.0";

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

/** What would lose data with these settings (of CONFIG GET), in plain words. */
export function settingWarnings(settings: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = [];
  const policy = settings.get("maxmemory-policy");
  if (policy !== undefined && policy !== "noeviction") {
    warnings.push(
      `Redis may throw away messages and state when its memory is full: maxmemory-policy is "${policy}". Set it to "noeviction".`,
    );
  }
  if (settings.get("appendonly") === "no") {
    warnings.push(
      'A crash of Redis loses everything since its last snapshot: appendonly is "no". Set it to "yes".',
    );
  }
  if (settings.get("appendonly") === "yes" && settings.get("no-appendfsync-on-rewrite") === "yes") {
    warnings.push(
      'A crash of Redis while it rewrites its log can lose many seconds of messages: no-appendfsync-on-rewrite is "yes". Set it to "no".',
    );
  }
  if (settings.get("appendonly") === "yes" && settings.get("appendfsync") === "no") {
    warnings.push(
      'A crash of the machine can lose the last half minute of messages: appendfsync is "no". Set it to "everysec" or "always".',
    );
  }
  return warnings;
}
