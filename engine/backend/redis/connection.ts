// The connection for commands: it comes back by itself, knows whether the server takes work, and repeats calls that may
// be repeated until there is a definite answer. ioredis on its own would write some commands twice, and lose others.
import { Redis } from "ioredis";
import {
  answerLost,
  backendClosed,
  errorText,
  MillraceError,
  redisRefused,
  redisReplica,
  redisTooOld,
  redisUnreachable,
} from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type { BackendHealth } from "../backend.ts";
import { Listeners } from "../listeners.ts";
import type { RedisAddress } from "./address.ts";
import { connectionOptions, retryDelay } from "./connection-options.ts";
import { delay } from "./delay.ts";
import { classifyFailure, connectError, reasonOf, refusalText } from "./failure.ts";
import type { FunctionName, Library } from "./library.ts";
import { isNewEnough, NEEDED_VERSION, readServerFacts, type ServerFacts } from "./server.ts";

const PING_EVERY_MS = 5000;
const START_WITHIN_MS = 3000;
const LOADING_RETRY_MS = 200;

export type Call<T> = (redis: Redis) => Promise<T>;

export class Connection implements AsyncDisposable {
  readonly redis: Redis;
  readonly #address: RedisAddress;
  readonly #library: Library;
  readonly #logger: Logger;
  readonly #health: Listeners<[BackendHealth]>;
  readonly #refusals = new Map<object, string>();
  readonly #closing = new AbortController();
  #session = 0;
  #ready = false;
  #told: BackendHealth = { up: true, text: "" };
  #facts: ServerFacts | undefined;
  #lastError: unknown;
  readonly #waiting = new Set<() => void>();
  #opening: PromiseWithResolvers<void> | undefined;
  #loading = false;
  #corked = false;

  constructor(options: { address: RedisAddress; library: Library; logger: Logger; name: string }) {
    this.#address = options.address;
    this.#library = options.library;
    this.#logger = options.logger;
    this.#health = new Listeners(options.logger);
    this.redis = new Redis(
      connectionOptions(options.address, {
        connectionName: options.name,
        maxRetriesPerRequest: 0,
        enableOfflineQueue: false,
        socketTimeout: 5000,
      }),
    );
    this.redis.on("error", (error) => this.#failed(error));
    this.redis.on("close", () => this.#lost());
    this.redis.on("ready", () => void this.#greet());
  }

  /** Resolves when the server takes work. Waits while it loads; throws the catalogue's errors for everything else. */
  async open(): Promise<void> {
    const opened = Promise.withResolvers<void>();
    this.#opening = opened;
    this.redis.connect().catch(() => undefined);
    const limit = setInterval(() => {
      // A big data set may take minutes to load; only a server that does not answer is given up.
      if (!this.#loading) opened.reject(this.#whyNot());
    }, START_WITHIN_MS);
    try {
      await opened.promise;
    } finally {
      clearInterval(limit);
      this.#opening = undefined;
    }
    const ping = setInterval(
      () => this.#ready && void this.redis.ping().catch(() => undefined),
      PING_EVERY_MS,
    );
    ping.unref();
    this.#closing.signal.addEventListener("abort", () => clearInterval(ping));
  }

  /** Grows with every new session: a reply of an earlier one may have been lost. */
  get session(): number {
    return this.#session;
  }

  /** Whether there is a session now. */
  get usable(): boolean {
    return this.#ready && this.redis.status === "ready";
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  health(): BackendHealth {
    const [refusal] = this.#refusals.values();
    if (!this.#ready) {
      const reason = this.#lastError === undefined ? "the connection is closed" : reasonOf(this.#lastError);
      return {
        up: false,
        text: `Redis at ${this.#address.shown} does not answer (${reason}). Work goes on when it is back.`,
      };
    }
    if (refusal !== undefined) return { up: false, text: refusal };
    return { up: true, text: `${this.#facts?.product} ${this.#facts?.version} at ${this.#address.shown}` };
  }

  onHealth(listener: (health: BackendHealth) => void): Disposable {
    return this.#health.add(listener);
  }

  /** Resolves when there is a session, or the signal is aborted. Throws `backend/closed`. */
  async whenReady(signal?: AbortSignal): Promise<void> {
    while (!this.usable && !signal?.aborted) {
      if (this.closed) throw backendClosed({});
      await new Promise<void>((resolve) => {
        const resume = () => {
          this.#waiting.delete(resume);
          signal?.removeEventListener("abort", resume);
          resolve();
        };
        this.#waiting.add(resume);
        signal?.addEventListener("abort", resume);
      });
    }
    if (this.closed) throw backendClosed({});
  }

  /**
   * Sends until there is a definite answer, waiting while the server is away or refuses work. `action` completes the
   * sentence "Redis refused to …". What must not happen twice is not `repeatable`: when its answer is lost, it throws
   * `backend/answer-lost`.
   */
  async call<T>(
    action: string,
    send: Call<T>,
    options: { repeatable: boolean } = { repeatable: true },
  ): Promise<T> {
    const token = {};
    try {
      for (let attempt = 0; ; attempt++) {
        if (!this.usable) await this.whenReady();
        if (this.closed) throw backendClosed({});
        try {
          return await this.once(send);
        } catch (error) {
          await this.#consider(error, { action, attempt, token, ...options });
        }
      }
    } finally {
      if (this.#refusals.delete(token)) this.#tell();
    }
  }

  /** The pause before the next attempt; ends when the backend is closed. */
  pause(attempt: number): Promise<void> {
    return delay(retryDelay(attempt), this.#closing.signal);
  }

  /** Sends once; throws what ioredis throws. */
  once<T>(send: Call<T>): Promise<T> {
    // What is asked in one turn goes out in one packet.
    const { stream } = this.redis;
    if (!this.#corked && stream && !stream.destroyed) {
      this.#corked = true;
      stream.cork();
      process.nextTick(() => {
        this.#corked = false;
        stream.uncork();
      });
    }
    return send(this.redis);
  }

  /** The arguments of FCALL. */
  fcall(
    name: FunctionName,
    keys: readonly string[],
    args: readonly (string | number | Uint8Array)[],
  ): (string | number | Buffer)[] {
    const values = args.map((value) =>
      typeof value === "object" && !Buffer.isBuffer(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        : value,
    ) as (string | number | Buffer)[];
    return [`${this.#library.name}_${name}`, keys.length, ...keys, ...values];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const ready = this.#ready;
    this.#closing.abort();
    this.#release();
    if (ready) await Promise.race([this.redis.quit().catch(() => undefined), delay(1000)]);
    this.redis.disconnect();
  }

  /** Returns when the call may be sent again; otherwise throws. */
  async #consider(
    error: unknown,
    call: { action: string; attempt: number; token: object; repeatable: boolean },
  ): Promise<void> {
    if (this.closed) throw backendClosed({}, { cause: error });
    switch (classifyFailure(error)) {
      case "unsent":
        return this.usable ? this.pause(call.attempt) : undefined;
      case "lost":
        if (!call.repeatable) throw answerLost({ action: call.action }, { cause: error });
        return this.usable ? this.pause(call.attempt) : undefined;
      case "refused":
        this.#refusals.set(call.token, refusalText(errorText(error)));
        this.#tell();
        return this.pause(call.attempt);
      case "unknown-function":
        await this.#loadLibrary().catch(() => this.pause(call.attempt));
        return;
      case "definite":
        throw redisRefused({ action: call.action, reason: errorText(error) }, { cause: error });
    }
  }

  /** A new session: is it a server that we can work with, and has it our functions? */
  async #greet(): Promise<void> {
    const session = ++this.#session;
    try {
      const facts = await this.#factsWhenLoaded(session);
      const refusal = this.#refusal(facts);
      if (refusal) throw refusal;
      await this.#loadLibrary();
      if (session === this.#session) this.#begin(facts);
    } catch (error) {
      if (session !== this.#session || this.closed) return;
      const failure = error instanceof MillraceError ? "definite" : classifyFailure(error);
      // A closed connection is opened again by ioredis. What the server answered may change: ask again, in a new one.
      if (failure === "refused" || failure === "definite") {
        this.#failed(error);
        await delay(retryDelay(6), this.#closing.signal);
        if (session === this.#session && !this.closed) this.redis.disconnect(true);
      }
    }
  }

  async #factsWhenLoaded(session: number): Promise<ServerFacts> {
    for (;;) {
      const facts = readServerFacts(await this.redis.info());
      const loading = facts.loading && session === this.#session;
      if (loading && !this.#loading) {
        this.#logger.info(`Redis at ${this.#address.shown} is loading its data; waiting until it has.`);
      }
      this.#loading = loading;
      if (!loading) return facts;
      this.#lastError = new Error("it is still loading its data");
      await delay(LOADING_RETRY_MS, this.#closing.signal);
    }
  }

  #refusal(facts: ServerFacts): MillraceError | undefined {
    const url = this.#address.shown;
    if (facts.redisVersion !== "" && !isNewEnough(facts.redisVersion)) {
      return redisTooOld({ url, version: facts.version, needed: NEEDED_VERSION });
    }
    return facts.replica ? redisReplica({ url }) : undefined;
  }

  /** Asks first: a full Redis refuses to load, but calls what it has, and a commit may free it. */
  async #loadLibrary(): Promise<void> {
    const { name, code } = this.#library;
    const known = await this.redis.function("LIST", "LIBRARYNAME", name);
    if (known.length > 0) return;
    try {
      await this.redis.function("LOAD", code);
    } catch (error) {
      // Another engine was quicker.
      if (!/already exists/.test(errorText(error))) throw error;
    }
  }

  #begin(facts: ServerFacts): void {
    this.#facts = facts;
    this.#lastError = undefined;
    this.#ready = true;
    this.#opening?.resolve();
    this.#tell();
    this.#release();
  }

  #lost(): void {
    this.#session++;
    this.#ready = false;
    if (!this.closed) this.#tell();
  }

  #failed(error: unknown): void {
    this.#lastError = error;
    if (!this.#opening) return;
    const explained =
      error instanceof MillraceError ? { error, final: true } : connectError(error, this.#address.shown);
    if (explained.final) this.#opening.reject(explained.error);
  }

  #whyNot(): MillraceError {
    const { shown: url } = this.#address;
    if (this.#lastError !== undefined) return connectError(this.#lastError, url).error;
    const reason = url.startsWith("rediss:") ? "it does not answer in TLS" : "it does not answer";
    return redisUnreachable({ url, reason });
  }

  #release(): void {
    for (const resume of [...this.#waiting]) resume();
  }

  /** Tells the listeners, and the log, when something changed. */
  #tell(): void {
    const health = this.health();
    if (this.closed || (health.up === this.#told.up && (health.up || health.text === this.#told.text)))
      return;
    const wasUp = this.#told.up;
    this.#told = health;
    if (this.#opening || this.#facts === undefined) return;
    if (health.up) this.#logger.info(`${health.text} takes work again.`);
    else if (wasUp) this.#logger.warn(health.text);
    this.#health.tell(health);
  }
}
