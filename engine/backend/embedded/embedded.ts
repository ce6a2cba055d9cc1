// The embedded backend: one process, no server, everything in one SQLite file of the data folder.
import { type Clock, systemClock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import type { Backend, BackendHealth } from "../backend.ts";
import { Listeners } from "../listeners.ts";
import { EmbeddedChannels } from "./channels.ts";
import { openDatabase } from "./database.ts";
import { EmbeddedInspector } from "./inspector.ts";
import { EmbeddedLeases } from "./leases.ts";
import { EmbeddedRevisions } from "./revisions.ts";
import { EmbeddedState } from "./state.ts";
import { EmbeddedStreams } from "./streams.ts";
import { Waiting } from "./waiting.ts";
import { Writer } from "./writer.ts";

export interface EmbeddedOptions {
  /** Holds `millrace.db`; made when missing. ":memory:" keeps everything in memory only. */
  readonly folder: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * Throws `backend/folder-in-use` when another engine has the folder, and `backend/folder-unusable`,
 * `backend/storage-newer` or `backend/storage-damaged` when it cannot be used.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Backend> {
  const { logger, clock = systemClock } = options;
  const { database, file } = openDatabase(options.folder);
  const text = file === ":memory:" ? "In memory" : `SQLite file ${file}`;
  const changes = new Listeners<[BackendHealth]>(logger);
  let health: BackendHealth = { up: true, text };

  const outcome = (failure: string | undefined) => {
    const up = failure === undefined;
    if (up === health.up) return;
    health = { up, text: failure ?? text };
    logger[up ? "info" : "error"](up ? `${text} can be written again.` : `${failure}`);
    changes.tell(health);
  };
  const writer = new Writer({ database, file, outcome, undone: () => streams.forget() });
  const channels = new EmbeddedChannels(logger);
  const state = new EmbeddedState(database, writer);
  const leases = new EmbeddedLeases(database, writer);
  const streams = new EmbeddedStreams({
    writer,
    database,
    waiting: new Waiting(clock),
    clock,
    logger,
    apply(effect, after) {
      if (effect.kind === "state") state.write(effect.scope, effect.key, effect.value);
      else after(() => channels.tell(effect.channel, effect.body));
    },
    valueOf: (scope, key) => state.read(scope, key),
    epochOf: (lease) => leases.current(lease).epoch,
    newestOf: (flow) => revisions.newestNumber(flow),
  });
  const revisions = new EmbeddedRevisions(database, writer, new Listeners<[string]>(logger));
  let open = true;

  return {
    kind: "embedded",
    warnings: [],
    streams,
    channels,
    state,
    revisions,
    leases,
    inspector: new EmbeddedInspector({ database, writer, streams, clock }),
    accept: async () => undefined,
    health: () => health,
    onHealth: (listener) => changes.add(listener),
    async [Symbol.asyncDispose]() {
      if (!open) return;
      open = false;
      streams.close();
      writer.close();
      database.close();
    },
  };
}
