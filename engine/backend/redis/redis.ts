// The Redis backend: topics, state and revisions that many engines share. Redis or Valkey, 7.0 or newer: one server, one
// that Sentinels watch, or a cluster.
import { Owned } from "../../base/disposable.ts";
import { redisEmptied } from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type { Backend, BackendHealth } from "../backend.ts";
import { Listeners } from "../listeners.ts";
import { parseRedisAddress } from "./address.ts";
import { RedisChannels } from "./channels.ts";
import { ClusterStreams } from "./cluster-streams.ts";
import { Connection } from "./connection.ts";
import { Durable, readSettings } from "./durable.ts";
import { GuardedRevisions, GuardedStreams, guardOf } from "./guarded.ts";
import { Identity } from "./identity.ts";
import { RedisInspector } from "./inspector.ts";
import { Keys } from "./keys.ts";
import { identityFile, noMemory } from "./known-identity.ts";
import { RedisLeases } from "./leases.ts";
import { readLibrary } from "./library.ts";
import { RedisRevisions } from "./revisions.ts";
import { settingWarnings } from "./server.ts";
import { RedisState } from "./state.ts";
import { RedisStreams } from "./streams.ts";
import { Watcher } from "./watcher.ts";

export interface RedisBackendOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, `redis-sentinel://…`, `redis-cluster://…`; `rediss…` for TLS. */
  readonly url: string;
  /** Before every key of the engine's own, `mr` by default. */
  readonly namespace: string;
  /** Names the connections, for CLIENT LIST. */
  readonly engineId: string;
  readonly logger: Logger;
  /** Where the engine remembers over restarts which Redis it works with; undefined: it does not. */
  readonly folder?: string;
  /** Works with this Redis although it is not the one that is remembered. */
  readonly acceptEmpty?: boolean;
}

/**
 * Throws when Redis cannot be used: `backend/redis-url-invalid`, `-unreachable`, `-login-missing`, `-login-refused`,
 * `-permission-missing`, `-too-old`, `-not-redis`, `-replica`, `-master-unknown`, `-emptied`. Waits while it loads its
 * data.
 */
export async function openRedis(options: RedisBackendOptions): Promise<Backend> {
  const { logger, folder } = options;
  const address = parseRedisAddress(options.url);
  const url = address.shown;
  const keys = new Keys(options.namespace);
  const name = (role: string) => `millrace:${options.engineId.replaceAll(/\s/g, "_")}:${role}`;
  const kept = folder === undefined ? noMemory : identityFile(folder, `${options.namespace} at ${url}`);
  const identity = new Identity({ keys, url, kept });
  const base = {
    address,
    library: readLibrary(),
    logger,
    verify: (session: Connection) => identity.verify(session),
  };
  const owned = new Owned();
  try {
    const connection = owned.add(new Connection({ ...base, name: name("commands") }));
    await connection.open();
    if (identity.emptied) {
      if (!options.acceptEmpty) throw redisEmptied({ url });
      await identity.accept(connection, async () => undefined);
    }
    const warnings = settingWarnings(await connection.servers.facts(), await readSettings(connection));
    const watcher = owned.add(new Watcher({ address, commands: connection, logger, name: name("reader") }));
    const channels = owned.add(
      new RedisChannels({ address, connection, keys, logger, name: name("subscriber") }),
    );
    const changes = new Listeners<[string]>(logger);
    await channels.listen(keys.revisionChanges(), (flow) => changes.tell(Buffer.from(flow).toString()));

    const Streams = connection.clustered ? ClusterStreams : RedisStreams;
    const make = (own: Connection) => new Streams({ connection: own, watcher, keys, logger });
    const told = new Listeners<[BackendHealth]>(logger);
    const health = (): BackendHealth => {
      const first = connection.health();
      if (identity.emptied) return { ...first, emptied: true };
      return first.up ? (durable.health() ?? first) : first;
    };
    const onHealth = () => told.tell(health());
    const durable = owned.add(new Durable({ connection: base, name, make, onHealth }));
    connection.onHealth(onHealth);
    const guard = guardOf(() => identity.emptied, url);
    return {
      kind: "redis",
      warnings,
      streams: new GuardedStreams({ plain: make(connection), durable, guard }),
      channels,
      state: new RedisState(connection, keys),
      revisions: new GuardedRevisions(new RedisRevisions(connection, keys, changes), guard, () =>
        connection.verify(),
      ),
      leases: new RedisLeases(connection, keys),
      inspector: new RedisInspector(connection, keys, options.namespace),
      async accept(restore) {
        if (identity.emptied) await identity.accept(connection, restore);
      },
      health,
      onHealth: (listener) => told.add(listener),
      [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
    };
  } catch (error) {
    await owned[Symbol.asyncDispose]();
    throw error;
  }
}
