// The HTTP server of the flows' endpoints: finds a request's route, keeps the call until someone answers it, on this
// engine or another one. As little per request as possible stands between the socket and the flow.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpAnswer, HttpPower, HttpRoute } from "@millrace/sdk";
import { type Clock, systemClock } from "../base/clock.ts";
import {
  endpointMethod,
  endpointPortInUse,
  endpointsCannotListen,
  endpointsClosing,
  noEndpoint,
  tooManyCalls,
  unreadableUrl,
} from "../base/errors/endpoints.ts";
import { errorText } from "../base/errors/error.ts";
import type { Logger } from "../base/logger.ts";
import type { Call } from "./call.ts";
import { OpenCalls } from "./open-calls.ts";
import { PartingRoutes } from "./parting.ts";
import type { AnswerRelay } from "./relay.ts";
import { type Match, RouteTable } from "./route-table.ts";
import { sendError } from "./send-answer.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_OPEN_CALLS = 10_000;
/** How long the last bytes may take to leave when the server closes. */
const CLOSE_MS = 1_000;

export interface EndpointsOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Id of this engine in its cluster: what other engines send answers to. Default: a random one. */
  readonly engineId?: string;
  /** Carries answers between engines. Without it only calls of this engine can be answered. */
  readonly relay?: AnswerRelay;
  /** How long calls may take to be answered when the server closes. Default 10 s. */
  readonly drainMs?: number;
  /** Calls that may wait for their answers; beyond, 503. Default 10,000. */
  readonly mostOpenCalls?: number;
}

/** The flows' HTTP server. Disposing refuses new calls, waits for the open ones, then closes. */
export interface Endpoints extends HttpPower, AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  readonly port: number;
  /** Calls that wait for their answers now. */
  readonly openCalls: number;
  /** What became of calls since the start. */
  readonly counts: EndpointCounts;
}

export interface EndpointCounts {
  /** Taken by a flow. */
  readonly calls: number;
  /** Refused: too many waited, or the engine stopped. */
  readonly refused: number;
  /** The flow threw, or its answer cannot be sent. */
  readonly failed: number;
  readonly timedOut: number;
  /** The caller went away first. */
  readonly left: number;
  /** Answers that came when nobody waited any more. */
  readonly unclaimedAnswers: number;
}

/** Resolves when the port is open. */
export async function startEndpoints(options: EndpointsOptions): Promise<Endpoints> {
  const server = createServer({ keepAliveTimeout: 65_000 });
  const port = await listen(server, options);
  return new EndpointServer(server, port, options);
}

class EndpointServer implements Endpoints {
  readonly url: string;
  readonly port: number;
  readonly #server: Server;
  readonly #engineId: string;
  readonly #relay: AnswerRelay | undefined;
  readonly #answers: Disposable | undefined;
  readonly #routes = new RouteTable();
  readonly #parting: PartingRoutes;
  readonly #calls: OpenCalls;
  readonly #drainMs: number;
  readonly #mostOpenCalls: number;
  readonly #clock: Clock;
  #closing: Promise<void> | undefined;
  #refused = 0;

  constructor(server: Server, port: number, options: EndpointsOptions) {
    const { host, logger, clock = systemClock, relay } = options;
    const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    this.url = `http://${shownHost.includes(":") ? `[${shownHost}]` : shownHost}:${port}`;
    this.port = port;
    this.#server = server;
    this.#engineId = options.engineId ?? randomUUID();
    this.#relay = relay;
    this.#clock = clock;
    this.#parting = new PartingRoutes(clock);
    this.#calls = new OpenCalls({ engineId: this.#engineId, clock, logger });
    this.#drainMs = options.drainMs ?? 10_000;
    this.#mostOpenCalls = options.mostOpenCalls ?? MOST_OPEN_CALLS;
    this.#answers = relay?.onAnswer((callId, answer) => this.#calls.answer(callId, answer));
    server.on("request", (request, response) => this.#serve(request, response));
  }

  get openCalls(): number {
    return this.#calls.size;
  }

  get counts(): EndpointCounts {
    return { ...this.#calls.counts, refused: this.#refused };
  }

  route(route: HttpRoute): Disposable {
    const added = this.#routes.add(route);
    this.#parting.changed();
    return {
      [Symbol.dispose]: () => {
        added[Symbol.dispose]();
        if (!this.#closing) this.#parting.add(route);
      },
    };
  }

  async respond(callId: string, answer: HttpAnswer): Promise<boolean> {
    const engineId = callId.slice(0, Math.max(0, callId.lastIndexOf("~")));
    if (engineId === this.#engineId) return this.#calls.answer(callId, answer);
    return (await this.#relay?.send(engineId, callId, answer)) ?? false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const method = request.method ?? "GET";
    const url = request.url ?? "/";
    if (this.#closing) {
      this.#refused++;
      response.shouldKeepAlive = false;
      sendError(response, endpointsClosing(), { "retry-after": "1" });
      return;
    }
    const match = this.#preflight(method, url, request) ?? this.#routes.find(method, url);
    if (match === undefined) this.#miss(method, url, request, response);
    else if (match === "bad-url") sendError(response, unreadableUrl({ url }));
    else this.#call(match, request, response);
  }

  /** A browser's question before another site's page calls: the route of the method it asks about answers. */
  #preflight(method: string, url: string, request: IncomingMessage): Match | undefined {
    const asked = method === "OPTIONS" ? request.headers["access-control-request-method"] : undefined;
    if (asked === undefined) return undefined;
    const match = this.#routes.find(asked, url);
    if (typeof match !== "object" || !match.route.preflight) return undefined;
    const { method: own, path, preflight } = match.route;
    return { params: match.params, route: { method: own, path, handle: preflight } };
  }

  #call({ route, params }: Match, request: IncomingMessage, response: ServerResponse): void {
    if (this.#calls.size >= this.#mostOpenCalls) {
      this.#refused++;
      sendError(response, tooManyCalls({ limit: this.#mostOpenCalls }), { "retry-after": "1" });
      return;
    }
    const call = this.#calls.begin(request, response, params, route.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      call.headersOfRoute = route.headers?.(call);
      const outcome = route.handle(call);
      if (outcome instanceof Promise) this.#settleLater(call, outcome);
      else if (outcome !== "wait") this.#calls.answer(call.id, outcome);
    } catch (error) {
      this.#calls.fail(call, error);
    }
  }

  #settleLater(call: Call, outcome: Promise<HttpAnswer | "wait">): void {
    outcome.then(
      (answer) => void (answer === "wait" || this.#calls.answer(call.id, answer)),
      (error: unknown) => this.#calls.fail(call, error),
    );
  }

  #miss(method: string, url: string, request: IncomingMessage, response: ServerResponse): void {
    if (this.#parting.expects(method, url) && this.#parting.waiting < this.#mostOpenCalls) {
      void this.#parting.nextChange().then(() => response.destroyed || this.#serve(request, response));
      return;
    }
    const path = url.split("?", 1)[0] ?? url;
    const allowed = this.#routes.methodsOf(url);
    if (allowed.length === 0) {
      sendError(response, noEndpoint({ method, path }));
      return;
    }
    const allow = allowed.join(", ");
    if (method === "OPTIONS") response.writeHead(204, { allow }).end();
    else sendError(response, endpointMethod({ method, path, allowed }), { allow });
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#parting.changed();
    await this.#calls.drain(this.#drainMs);
    this.#answers?.[Symbol.dispose]();
    this.#server.closeIdleConnections();
    const timer = this.#clock.schedule(CLOSE_MS, () => this.#server.closeAllConnections());
    await closed;
    timer.cancel();
  }
}

function listen(server: Server, { host, port, logger }: EndpointsOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const refusal =
        error.code === "EADDRINUSE"
          ? endpointPortInUse({ port }, { cause: error })
          : endpointsCannotListen({ host, port, reason: errorText(error) }, { cause: error });
      reject(refusal);
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      server.on("error", (error) => logger.error(`The endpoints have trouble: ${errorText(error)}`));
      resolve((server.address() as AddressInfo).port);
    });
  });
}
