// The Redis backend: topics, state and revisions that many engines share. Redis or Valkey, 7.0 or newer.
import { Owned } from "../../base/disposable.ts";
import { errorText } from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type { Backend } from "../backend.ts";
import { Listeners } from "../listeners.ts";
import { parseRedisAddress } from "./address.ts";
import { RedisChannels } from "./channels.ts";
import { Connection } from "./connection.ts";
import { Keys } from "./keys.ts";
import { RedisLeases } from "./leases.ts";
import { readLibrary } from "./library.ts";
import { fieldsOf, textOf } from "./replies.ts";
import { RedisRevisions } from "./revisions.ts";
import { settingWarnings } from "./server.ts";
import { RedisState } from "./state.ts";
import { RedisStreams } from "./streams.ts";
import { Watcher } from "./watcher.ts";

export interface RedisBackendOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://`. */
  readonly url: string;
  /** Before every key of the engine's own, `mr` by default. */
  readonly namespace: string;
  /** Names the connections, for CLIENT LIST. */
  readonly engineId: string;
  readonly logger: Logger;
}

/**
 * Throws when the server cannot be used: `backend/redis-url-invalid`, `-unreachable`, `-login-missing`,
 * `-login-refused`, `-permission-missing`, `-too-old`, `-not-redis`, `-replica`. Waits while it loads its data.
 */
export async function openRedis(options: RedisBackendOptions): Promise<Backend> {
  const { logger } = options;
  const address = parseRedisAddress(options.url);
  const keys = new Keys(options.namespace);
  const name = (role: string) => `millrace:${options.engineId.replaceAll(/\s/g, "_")}:${role}`;
  const owned = new Owned();
  try {
    const connection = owned.add(
      new Connection({ address, library: readLibrary(), logger, name: name("commands") }),
    );
    await connection.open();
    const warnings = await readWarnings(connection, logger);
    const watcher = owned.add(new Watcher({ address, commands: connection, logger, name: name("reader") }));
    const channels = owned.add(
      new RedisChannels({ address, connection, keys, logger, name: name("subscriber") }),
    );
    const changes = new Listeners<[string]>(logger);
    await channels.listen(keys.revisionChanges(), (flow) => changes.tell(Buffer.from(flow).toString()));
    return {
      kind: "redis",
      warnings,
      streams: new RedisStreams({ connection, watcher, keys, logger }),
      channels,
      state: new RedisState(connection, keys),
      revisions: new RedisRevisions(connection, keys, changes),
      leases: new RedisLeases(connection, keys),
      health: () => connection.health(),
      onHealth: (listener) => connection.onHealth(listener),
      [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
    };
  } catch (error) {
    await owned[Symbol.asyncDispose]();
    throw error;
  }
}

/** A managed Redis may forbid CONFIG; then nothing is known, and nothing is said. */
async function readWarnings(connection: Connection, logger: Logger): Promise<string[]> {
  try {
    const names = ["maxmemory-policy", "appendonly", "appendfsync", "no-appendfsync-on-rewrite"];
    const reply = await connection.once((redis) => redis.config("GET", ...(names as [string])));
    const settings = [...fieldsOf(reply)].map(([name, value]): [string, string] => [name, textOf(value)]);
    return settingWarnings(new Map(settings));
  } catch (error) {
    logger.debug(`The settings of Redis cannot be read: ${errorText(error)}`);
    return [];
  }
}
