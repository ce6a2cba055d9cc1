// The admin API of an engine, as commands ask it: found by --url and --token, or by what the engine left in its data
// folder on this machine.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { engineRefused, engineUnreachable, tokenMissing } from "../base/errors/cli.ts";
import { errorText, type MillraceError, type Problem } from "../base/errors/error.ts";
import type { Surroundings } from "./command.ts";
import { DEFAULT_DATA_FOLDER } from "./config.ts";

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
}

const DEFAULT_URL = "http://127.0.0.1:3880";
const TIMEOUT_MS = 30_000;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export class Connection {
  readonly url: string;
  readonly #token: string | undefined;

  constructor(options: ConnectionOptions, { folder, environment }: Surroundings) {
    const data = resolve(folder, options.data ?? DEFAULT_DATA_FOLDER);
    this.url = (options.url ?? urlIn(data) ?? DEFAULT_URL).replace(/\/+$/, "");
    this.#token = options.token ?? (environment.MILLRACE_TOKEN || tokenIn(data));
  }

  /** What a socket of the live API shows to be let in. */
  get liveAuth(): { readonly token?: string } {
    return this.#token === undefined ? {} : { token: this.#token };
  }

  async get<T>(path: string): Promise<T> {
    return (await this.ask<T>("GET", path)).body;
  }

  /** The answer for success and for the statuses in `expected`; throws for others, and when nobody answers. */
  async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    expected: readonly number[] = [],
  ): Promise<Answer<T>> {
    const answer = await this.#fetch(method, path, body);
    const content: unknown = await answer.json().catch(() => undefined);
    if (answer.ok || expected.includes(answer.status)) return { status: answer.status, body: content as T };
    if (answer.status === 401 && this.#token === undefined) throw tokenMissing({ url: this.url });
    throw refusal(answer.status, content);
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#token !== undefined) headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const init: RequestInit = { method, headers, signal, redirect: "error" };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      return await fetch(`${this.url}${path}`, init);
    } catch (cause) {
      const reason = cause instanceof Error && cause.cause ? errorText(cause.cause) : errorText(cause);
      throw engineUnreachable({ url: this.url, reason: reason || "the connection was refused" }, { cause });
    }
  }
}

function refusal(status: number, content: unknown): MillraceError {
  const { error, problems } = (content ?? {}) as {
    error?: { code?: string; message?: string };
    problems?: Problem[];
  };
  const message = error?.message ?? `The engine answered with status ${status}.`;
  return engineRefused({ message }, { details: { status, code: error?.code, problems } });
}

/** The engine writes where it listens into `engine.json`. */
function urlIn(data: string): string | undefined {
  try {
    const { url } = JSON.parse(readFileSync(join(data, "engine.json"), "utf8"));
    return typeof url === "string" ? url : undefined;
  } catch {
    return undefined; // no engine has run here
  }
}

function tokenIn(data: string): string | undefined {
  try {
    return readFileSync(join(data, "token"), "utf8").trim() || undefined;
  } catch {
    return undefined; // none was made here, or it is another user's
  }
}
