// The connection for commands: it comes back by itself, knows whether Redis takes work, and repeats calls that may be
// repeated until there is a definite answer. ioredis on its own would write some commands twice, and lose others.
import {
  answerLost,
  backendClosed,
  errorText,
  MillraceError,
  redisRefused,
  redisUnreachable,
} from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import type { BackendHealth } from "../backend.ts";
import { Listeners } from "../listeners.ts";
import type { RedisAddress } from "./address.ts";
import { type Client, retryDelay } from "./connection-options.ts";
import { delay } from "./delay.ts";
import { classifyFailure, connectError, reasonOf, refusalText } from "./failure.ts";
import type { FunctionName, Library } from "./library.ts";
import type { ServerFacts } from "./server.ts";
import { Servers } from "./servers.ts";

const PING_EVERY_MS = 5000;
const VERIFY_EVERY_MS = 1000;
const START_WITHIN_MS = 3000;
const LOADING_RETRY_MS = 200;

export type Call<T> = (redis: Client) => Promise<T>;

export interface ConnectionOptions {
  readonly address: RedisAddress;
  readonly library: Library;
  readonly logger: Logger;
  readonly name: string;
  /** Makes calls resolve only when more than the master has them (confirmed.ts). */
  readonly confirm?: (client: Client) => Client;
  /** Whether it is still the data we know: asked in every new session before anything else, and every second. */
  readonly verify?: (connection: Connection) => Promise<void>;
}

/** As an attempt: about 0.3 s. */
const LONGEST_REFUSAL_PAUSE = 4;

export class Connection implements AsyncDisposable {
  readonly #servers: Servers;
  readonly #client: Client;
  readonly #verify: ConnectionOptions["verify"];
  readonly #address: RedisAddress;
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
  /** Why no work is done although there is a session, by who says so. */
  readonly #holds = new Map<object, string>();
  /** Why a part of a cluster does not answer. */
  #silent: string | undefined;

  constructor(options: ConnectionOptions) {
    const { address, library, logger, name, confirm, verify } = options;
    this.#address = address;
    this.#logger = logger;
    this.#verify = verify;
    this.#health = new Listeners(logger);
    this.#servers = new Servers({
      address,
      library,
      name,
      events: {
        ready: () => void this.#greet(),
        lost: () => this.#lost(),
        failed: (error) => this.#failed(error),
        // Not more than an early start: a call that misses the functions loads them, too.
        joined: (node) => void this.#servers.loadInto(node).catch((error) => this.#failed(error)),
      },
    });
    this.#client = confirm ? confirm(this.#servers.client) : this.#servers.client;
  }

  /** Resolves when the server takes work. Waits while it loads; throws the catalogue's errors for everything else. */
  async open(): Promise<void> {
    const opened = Promise.withResolvers<void>();
    this.#opening = opened;
    this.#servers.client.connect().catch(() => undefined);
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
    this.#every(PING_EVERY_MS, () => this.#ping());
    const verify = this.#verify;
    if (verify) this.#every(VERIFY_EVERY_MS, () => verify(this));
  }

  /** Grows with every new session: a reply of an earlier one may have been lost. */
  get session(): number {
    return this.#session;
  }

  /** Whether there is a session now, and work may be done in it. */
  get usable(): boolean {
    return this.#ready && this.#servers.open && this.#holds.size === 0;
  }

  /** Whether keys have slots, and calls may use keys of one slot only. */
  get clustered(): boolean {
    return this.#servers.clustered;
  }

  get servers(): Servers {
    return this.#servers;
  }

  /** No work is done from now on, as long as somebody has a reason; with undefined, `who` has none. */
  hold(who: object, reason: string | undefined): void {
    if (this.#holds.get(who) === reason) return;
    if (reason === undefined) this.#holds.delete(who);
    else this.#holds.set(who, reason);
    // What was under way before may be gone: whoever reads looks at its own pending entries first. (While Redis is
    // greeted there is nothing under way, and another session would end the greeting.)
    if (this.#ready) this.#session++;
    this.#tell();
    if (this.#holds.size === 0) this.#release();
  }

  /** Asks whether it is still the data we know. */
  async verify(): Promise<void> {
    await this.#verify?.(this);
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
    const [held] = this.#holds.values();
    if (held !== undefined) return { up: false, text: held };
    if (refusal !== undefined) return { up: false, text: refusal };
    if (this.#silent !== undefined) return { up: false, text: partSilent(this.#silent) };
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
    this.#servers.cork();
    return send(this.#client);
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
    return [`${this.#servers.library.name}_${name}`, keys.length, ...keys, ...values];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const ready = this.#ready;
    this.#closing.abort();
    this.#release();
    const { client } = this.#servers;
    if (ready) await Promise.race([client.quit().catch(() => undefined), delay(1000)]);
    client.disconnect();
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
        if (!this.usable) return;
        if (this.clustered && call.attempt > 0) {
          this.#refusals.set(call.token, partSilent(reasonOf(error)));
          this.#tell();
        }
        return this.pause(call.attempt);
      case "moved":
        this.#servers.refresh();
        return this.pause(call.attempt);
      case "refused":
        this.#refusals.set(call.token, refusalText(errorText(error)));
        this.#tell();
        // Calls that follow each other wait one after the other once it takes writes again: not long, therefore.
        return this.pause(Math.min(call.attempt, LONGEST_REFUSAL_PAUSE));
      case "unknown-function":
        await this.#servers.loadLibrary().catch(() => this.pause(call.attempt));
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
      const refusal = this.#servers.refusal(facts);
      if (refusal) throw refusal;
      await this.#servers.loadLibrary();
      await this.#verify?.(this);
      if (session === this.#session) this.#begin(facts);
    } catch (error) {
      if (this.closed || (session !== this.#session && !this.clustered)) return;
      const failure = error instanceof MillraceError ? "definite" : classifyFailure(error);
      // A closed connection is opened again by ioredis. What the server answered may change: ask again, in a new one.
      if (failure === "refused" || failure === "definite") {
        this.#failed(error);
        await delay(retryDelay(6), this.#closing.signal);
        if (session === this.#session && !this.closed) this.#servers.client.disconnect(true);
      } else if (this.clustered) {
        // Only one of its connections broke.
        await delay(retryDelay(6), this.#closing.signal);
        if (this.#servers.open && !this.#ready && !this.closed) void this.#greet();
      }
    }
  }

  async #factsWhenLoaded(session: number): Promise<ServerFacts> {
    for (;;) {
      const facts = await this.#servers.facts();
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

  #begin(facts: ServerFacts): void {
    this.#facts = facts;
    this.#lastError = undefined;
    this.#ready = true;
    this.#opening?.resolve();
    this.#tell();
    this.#release();
  }

  #lost(): void {
    // The other masters of a cluster go on; while it is greeted, there is no session yet that could lose something.
    const goesOn = this.clustered && this.#servers.open;
    if (!goesOn || this.#ready) this.#session++;
    if (goesOn) return;
    this.#ready = false;
    if (!this.closed) this.#tell();
  }

  #failed(error: unknown): void {
    this.#lastError = error;
    if (!this.#opening) return;
    const explained =
      error instanceof MillraceError ? { error, final: true } : connectError(error, this.#address.shown);
    // Sentinels and the nodes of a cluster may be of several minds while they change over.
    if (explained.final && this.#address.kind === "single") this.#opening.reject(explained.error);
  }

  #whyNot(): MillraceError {
    const { shown: url } = this.#address;
    if (this.#lastError instanceof MillraceError) return this.#lastError;
    if (this.#lastError !== undefined) return connectError(this.#lastError, url).error;
    const reason = url.startsWith("rediss:") ? "it does not answer in TLS" : "it does not answer";
    return redisUnreachable({ url, reason });
  }

  async #ping(): Promise<void> {
    const silent = await this.#servers.ping();
    if (!this.clustered) return;
    this.#silent = silent;
    if (silent !== undefined) this.#servers.refresh();
    this.#tell();
  }

  /** While there is a session. */
  #every(ms: number, action: () => Promise<unknown>): void {
    const timer = setInterval(() => this.#ready && void action().catch(() => undefined), ms);
    timer.unref();
    this.#closing.signal.addEventListener("abort", () => clearInterval(timer));
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

function partSilent(reason: string): string {
  return `A part of the Redis Cluster does not answer (${reason}). Its work goes on when it does, or another node has taken over.`;
}
