// Sends requests: guarded connections, redirects checked again each time, one time limit for the whole exchange.
import { Failure, parseDuration } from "@millrace/sdk";
import { Agent, type Dispatcher, ProxyAgent, request as send } from "undici";
import { type AddressGuard, addressGuard } from "./addresses.ts";
import type { HttpRequestConfig } from "./config.ts";
import { answerDigest } from "./digest.ts";
import { checkUrl, guardedLookup } from "./guard.ts";
import type { Outgoing } from "./outgoing.ts";
import { bodyValue, readBody } from "./read-answer.ts";
import { redirected } from "./redirect.ts";

type AnswerHeaders = Readonly<Record<string, string | string[]>>;

/** What is read of a body that nobody wants, so that its connection can be used again. */
const MOST_DUMPED_BYTES = 65_536;

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: unknown;
  /** Of the last request, after redirects. */
  readonly url: string;
}

export class Client implements AsyncDisposable {
  readonly timeoutMs: number;
  readonly #config: HttpRequestConfig;
  readonly #guard: AddressGuard;
  readonly #dispatcher: Dispatcher;

  constructor(config: HttpRequestConfig) {
    const { proxy, tls, allowPrivate } = config;
    this.#config = config;
    this.timeoutMs = parseDuration(config.timeout);
    this.#guard = addressGuard(allowPrivate);
    // The time limit is the node's own; a connection alone may not take longer either.
    const limits = { headersTimeout: 0, bodyTimeout: 0 };
    const security = { ...tls };
    this.#dispatcher =
      proxy === undefined
        ? new Agent({
            ...limits,
            connect: { ...security, timeout: this.timeoutMs, lookup: guardedLookup(this.#guard) },
          })
        : new ProxyAgent({ ...limits, uri: proxy, requestTls: security });
  }

  /** The answer, whatever its status. Throws a Failure when there is none (an Unanswered, when another try
   * may get one). */
  async exchange(first: Outgoing, signal: AbortSignal): Promise<Answer> {
    const challenged = new Set<string>();
    let request = first;
    for (let hops = 0; ; hops += 1) {
      checkUrl(request.url, this.#guard);
      const response = await this.#send(request, signal);
      const headers = definedOnly(response.headers);
      const next = this.#authorized(request, response.statusCode, headers, challenged, first.url.origin);
      const redirect = next ?? this.#redirected(request, response.statusCode, headers);
      if (!redirect) return this.#read(request, response, headers);
      await response.body.dump({ limit: MOST_DUMPED_BYTES });
      if (next) hops -= 1;
      else if (hops >= this.#config.redirects) {
        throw new Failure(`${nameOf(request)} was redirected more than ${this.#config.redirects} times.`, {
          code: "http/too-many-redirects",
          retry: false,
        });
      }
      request = redirect;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispatcher.destroy();
  }

  #redirected(request: Outgoing, status: number, headers: AnswerHeaders): Outgoing | undefined {
    const { location } = headers;
    if (this.#config.redirects === 0) return undefined;
    return redirected(request, status, typeof location === "string" ? location : undefined);
  }

  /** The request with the answer to a digest challenge; once for each URL, and only at the origin that was meant. */
  #authorized(
    request: Outgoing,
    status: number,
    headers: AnswerHeaders,
    challenged: Set<string>,
    origin: string,
  ): Outgoing | undefined {
    const { auth } = this.#config;
    const { url, method } = request;
    if (status !== 401 || auth?.type !== "digest" || url.origin !== origin || challenged.has(url.href)) {
      return undefined;
    }
    challenged.add(url.href);
    const challenge = [headers["www-authenticate"] ?? []].flat().join(", ");
    const authorization = answerDigest(challenge, { ...auth, method, uri: url.pathname + url.search });
    return authorization === undefined
      ? undefined
      : { ...request, headers: { ...request.headers, authorization } };
  }

  async #send(request: Outgoing, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { method, url, headers, body } = request;
    try {
      return await send(url, {
        dispatcher: this.#dispatcher,
        method: method as Dispatcher.HttpMethod,
        headers,
        body: body ?? null,
        signal,
      });
    } catch (error) {
      throw asFailure(request, error);
    }
  }

  async #read(request: Outgoing, response: Dispatcher.ResponseData, headers: AnswerHeaders): Promise<Answer> {
    const { response: kind, responseLimit } = this.#config;
    const { statusCode: status, body } = response;
    try {
      const bytes = await readBody(body, headers, responseLimit);
      return { status, headers, body: bodyValue(bytes, headers, kind), url: request.url.href };
    } catch (error) {
      throw asFailure(request, error);
    }
  }
}

/** Method and URL without what may be secret in it. */
export function nameOf({ method, url }: Outgoing): string {
  return `${method} ${url.origin}${url.pathname}`;
}

/** Codes of errors that came before anything was sent. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** No answer came: why, and whether the server may have begun. */
export class Unanswered extends Failure {
  readonly connected: boolean;

  constructor(message: string, options: { connected: boolean; cause: unknown }) {
    super(message, { code: "http/unanswered", cause: options.cause });
    this.connected = options.connected;
  }
}

function asFailure(request: Outgoing, error: unknown): Error {
  if (error instanceof Failure) return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error && error.message !== "" ? error.message : code;
  const connected = !NOT_CONNECTED.has(code);
  return new Unanswered(`${nameOf(request)} got no answer: ${reason}.`, { connected, cause: error });
}

function definedOnly(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const defined: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) defined[name] = value;
  return defined;
}
