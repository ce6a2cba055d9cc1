// The HTTP power without a server: routes are kept, and a test calls them.
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Failure } from "../failure.ts";
import type { HttpAnswer, HttpCall, HttpPower, HttpRoute } from "../http.ts";
import type { FakeClock } from "./fake-clock.ts";

export interface TestRequest {
  /** Default GET. */
  readonly method?: string;
  /** Path, with a query if wanted. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Strings and bytes go as they are; anything else as JSON, with its content type. */
  readonly body?: unknown;
  readonly remoteAddress?: string;
  /** Abort it to be a caller who goes away. */
  readonly signal?: AbortSignal;
}

/** What the caller would have got. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
}

export class FakeHttp implements HttpPower {
  readonly routes: HttpRoute[] = [];
  readonly #clock: FakeClock;
  readonly #waiting = new Map<string, (answer: HttpAnswer) => void>();
  #calls = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  route(route: HttpRoute): Disposable {
    const taken = this.routes.some((other) => other.method === route.method && other.path === route.path);
    if (taken)
      throw new Failure(`"${route.method} ${route.path}" is already taken.`, { code: "http/route-taken" });
    this.routes.push(route);
    return {
      [Symbol.dispose]: () => {
        const at = this.routes.indexOf(route);
        if (at >= 0) this.routes.splice(at, 1);
      },
    };
  }

  async respond(callId: string, answer: HttpAnswer): Promise<boolean> {
    const send = this.#waiting.get(callId);
    this.#waiting.delete(callId);
    send?.(answer);
    return send !== undefined;
  }

  /** Calls the first route that matches: 404 without one, 500 when it throws, 504 when nobody answers in time. */
  async call(request: TestRequest): Promise<TestAnswer> {
    const url = new URL(request.path, "http://127.0.0.1");
    const method = request.method ?? "GET";
    for (const route of this.routes) {
      const params = matchPath(route.path, url.pathname);
      if (!params || (route.method !== "ANY" && route.method !== method)) continue;
      return this.#answer(route, this.#makeCall(request, method, url, params));
    }
    return { status: 404, headers: {}, body: undefined };
  }

  async #answer(route: HttpRoute, call: HttpCall): Promise<TestAnswer> {
    const later = Promise.withResolvers<HttpAnswer>();
    this.#waiting.set(call.id, later.resolve);
    const timer = this.#clock.schedule(route.timeoutMs ?? 30_000, () => later.resolve({ status: 504 }));
    const gone = () => later.resolve({ status: 499 });
    call.signal.addEventListener("abort", gone, { once: true });
    try {
      const answer = await route.handle(call);
      return complete(answer === "wait" ? await later.promise : answer);
    } catch {
      return complete({ status: 500 });
    } finally {
      timer.cancel();
      call.signal.removeEventListener("abort", gone);
      this.#waiting.delete(call.id);
    }
  }

  #makeCall(request: TestRequest, method: string, url: URL, params: Record<string, string>): HttpCall {
    const { body, type } = encode(request.body);
    const incoming = new IncomingMessage(new Socket());
    const length = body === undefined ? undefined : String(body.length);
    incoming.method = method;
    incoming.url = url.pathname + url.search;
    incoming.headers = {
      ...(type && { "content-type": type }),
      ...(length && { "content-length": length }),
      ...request.headers,
    };
    if (body?.length) incoming.push(body);
    incoming.push(null);
    return {
      id: `call-${++this.#calls}`,
      method,
      url: incoming.url,
      path: url.pathname,
      params,
      query: readQuery(url.searchParams),
      headers: incoming.headers,
      remoteAddress: request.remoteAddress ?? "127.0.0.1",
      request: incoming,
      signal: request.signal ?? new AbortController().signal,
    };
  }
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part === "*") return { ...params, "*": given.slice(index).map(decodeURIComponent).join("/") };
    const value = given[index];
    if (value === undefined) return undefined;
    if (part.startsWith(":") && value !== "") params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return wanted.length === given.length ? params : undefined;
}

function readQuery(search: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return query;
}

function encode(body: unknown): { body: Buffer | undefined; type: string | undefined } {
  if (body === undefined) return { body: undefined, type: undefined };
  if (typeof body === "string") return { body: Buffer.from(body), type: "text/plain" };
  if (body instanceof Uint8Array) return { body: Buffer.from(body), type: "application/octet-stream" };
  return { body: Buffer.from(JSON.stringify(body)), type: "application/json" };
}

function complete(answer: HttpAnswer): TestAnswer {
  return { status: answer.status ?? 200, headers: answer.headers ?? {}, body: answer.body };
}
