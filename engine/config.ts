// What an engine is started with. The CLI makes it from flags, environment and file (cli/config.ts); tests by hand.
import type { LogLevel } from "./base/logger.ts";

export interface Config {
  /** Flow files and folders, absolute. */
  readonly flows: readonly string[];
  /** URL of the Redis server; undefined: the embedded backend. */
  readonly redis: string | undefined;
  /** Works with a Redis that lost the data which this engine knew. */
  readonly acceptEmptyRedis?: boolean;
  /** Starts every Redis key that is not shared. */
  readonly namespace: string;
  /** Id of this engine in its cluster; undefined: one is made. */
  readonly name: string | undefined;
  /** Absolute; holds the embedded backend, the token, and where to find the running engine. */
  readonly dataFolder: string;
  readonly host: string;
  /** Admin API and editor; 0: any free port. */
  readonly port: number;
  /** HTTP endpoints of flows; 0: any free port. */
  readonly httpPort: number;
  /** Of the admin API; undefined: the one in the data folder, made at first start. */
  readonly token: string | undefined;
  /** Serve the editor. */
  readonly editor: boolean;
  readonly logLevel: LogLevel | "silent";
  readonly jsonLogs: boolean;
  /** How long messages in flight may take to settle when a node or the engine stops. */
  readonly drainTimeoutMs: number;
  /** Processes on this machine, under one supervisor; undefined: this process is the engine. */
  readonly workers?: number | undefined;
  /** Which worker of a supervisor this process is, counted from 1; undefined: it has no supervisor. */
  readonly worker?: number | undefined;
  /** Safe mode: no flow starts by itself, so that a person can repair what keeps ending the process. */
  readonly safe?: boolean;
  /** Answer `GET /metrics` without a token. */
  readonly openMetrics?: boolean;
  /**
   * How long an engine that is not heard of any more keeps what it has, before others take it over. Default 10 s. All
   * engines of a cluster should have the same.
   */
  readonly leaseMs?: number;
  /** How long code of a node may block the engine's main loop before the engine ends itself. Default 30 s. */
  readonly blockLimitMs?: number;
}
