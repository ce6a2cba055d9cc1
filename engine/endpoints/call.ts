// One request on its way through a flow. What is seldom asked for (query, abort signal) is made when asked.
import type { IncomingMessage, ServerResponse } from "node:http";
import { parse } from "node:querystring";
import type { HttpCall } from "@millrace/sdk";
import type { ClockTimer } from "../base/clock.ts";

/** Names more than these in a query are not read. */
const MOST_QUERY_NAMES = 1000;

export class Call implements HttpCall {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly params: Readonly<Record<string, string>>;
  timer: ClockTimer | undefined;
  /** Headers that the answer gets unless it has its own. */
  headersOfRoute: Readonly<Record<string, string>> | undefined;
  readonly #queryAt: number;
  #query: Readonly<Record<string, string | string[]>> | undefined;
  #abort: AbortController | undefined;
  #gone = false;

  constructor(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
    params: Readonly<Record<string, string>>,
  ) {
    this.id = id;
    this.request = request;
    this.response = response;
    this.params = params;
    this.#queryAt = this.url.indexOf("?");
  }

  get method(): string {
    return this.request.method ?? "GET";
  }
  get url(): string {
    return this.request.url ?? "/";
  }
  get path(): string {
    return this.#queryAt < 0 ? this.url : this.url.slice(0, this.#queryAt);
  }
  get query(): Readonly<Record<string, string | string[]>> {
    this.#query ??= this.#queryAt < 0 ? {} : readQuery(this.url.slice(this.#queryAt + 1));
    return this.#query;
  }
  get headers(): HttpCall["headers"] {
    return this.request.headers;
  }
  get remoteAddress(): string {
    return this.request.socket.remoteAddress ?? "";
  }
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#gone) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  /** The caller went away, or nobody waits for what the flow still does. */
  abort(): void {
    this.#gone = true;
    this.#abort?.abort();
  }
}

function readQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(parse(text, "&", "=", { maxKeys: MOST_QUERY_NAMES }))) {
    if (value !== undefined && name !== "__proto__") query[name] = value;
  }
  return query;
}
