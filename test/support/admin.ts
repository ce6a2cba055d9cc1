// An admin server over the in-memory engine, on a free port.
import { type AdminOptions, startAdmin } from "../../engine/admin/admin.ts";
import { createTestEngine, type TestEngine } from "./engine-control.ts";
import { type PlainAnswer, type PlainRequest, plainRequest } from "./http-request.ts";
import { quietLogger } from "./quiet-logger.ts";
import { type TurnedClock, turnedClock } from "./turned-clock.ts";

export const TOKEN = "the-token-of-this-test";

export interface TestAdmin extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly engine: TestEngine;
  readonly clock: TurnedClock;
  readonly lines: readonly { text: string }[];
  /** A request with the token (and JSON, when there is a body). */
  ask(method: string, path: string, body?: unknown): Promise<PlainAnswer>;
  /** A request with nothing added. */
  plain(path: string, options?: PlainRequest): Promise<PlainAnswer>;
  /** Signs in; the cookie to send. */
  signIn(): Promise<string>;
}

export async function testAdmin(options: Partial<AdminOptions> = {}): Promise<TestAdmin> {
  const engine = createTestEngine();
  const clock = turnedClock();
  const { logger, lines } = quietLogger();
  const admin = await startAdmin({
    engine,
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    editorFolder: null,
    logger,
    clock,
    ...options,
  });
  const plain = (path: string, request: PlainRequest = {}) => plainRequest(`${admin.url}${path}`, request);
  return {
    url: admin.url,
    port: admin.port,
    engine,
    clock,
    lines,
    plain,
    ask: (method, path, body) =>
      plain(path, {
        method,
        headers: {
          authorization: `Bearer ${options.token ?? TOKEN}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        body,
      }),
    async signIn() {
      const answer = await plain("/api/login", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: { token: options.token ?? TOKEN },
      });
      return answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    },
    [Symbol.asyncDispose]: () => admin[Symbol.asyncDispose](),
  };
}
