// Endpoints that flows offer over HTTP. The engine owns the server; a node registers routes and answers calls.
import type { IncomingMessage } from "node:http";

/** A request that matched a route. */
export interface HttpCall {
  /** Name of this call; `respond` takes it, on this engine or another one. */
  readonly id: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly path: string;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly remoteAddress: string;
  /** The request itself: its body has not been read. */
  readonly request: IncomingMessage;
  /** Aborted when the caller went away. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Strings and bytes go as they are; anything else as JSON. */
  readonly body?: unknown;
}

export interface HttpRoute {
  /** An upper-case HTTP method, or "ANY". */
  readonly method: string;
  /** As find-my-way writes them: `/users/:id`, `/files/*`. */
  readonly path: string;
  /**
   * Called for each request. What it returns is sent; `"wait"` leaves the call open until someone calls
   * `respond` with its id, or `timeoutMs` passes (504). A throw is answered with 500 and logged.
   */
  handle(call: HttpCall): HttpAnswer | "wait" | Promise<HttpAnswer | "wait">;
  /**
   * Answers a browser that asks whether another site's page may call this method and path (a CORS preflight).
   * Without it such a request is treated as any other.
   */
  preflight?(call: HttpCall): HttpAnswer;
  /** Headers that every answer of a call gets, also those of the engine (504, 500), unless it has its own. */
  headers?(call: HttpCall): Readonly<Record<string, string>>;
  /** How long a call may stay open. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface HttpPower {
  /** Adds a route until the returned handle is disposed. Throws when method and path are already taken. */
  route(route: HttpRoute): Disposable;
  /**
   * Answers a call that is waiting, wherever it came in. False when no such call waits any more on this engine
   * (answered, timed out, caller gone); true once it is sent, or handed to the engine that holds the call.
   */
  respond(callId: string, answer: HttpAnswer): Promise<boolean>;
}
