// A server for flows' endpoints on a free port, with a clock that tests turn.
import { type Endpoints, type EndpointsOptions, startEndpoints } from "../../engine/endpoints/endpoints.ts";
import { type PlainAnswer, type PlainRequest, plainRequest } from "./http-request.ts";
import { quietLogger } from "./quiet-logger.ts";
import { type TurnedClock, turnedClock } from "./turned-clock.ts";

export interface TestEndpoints extends AsyncDisposable {
  readonly endpoints: Endpoints;
  readonly clock: TurnedClock;
  readonly lines: readonly { text: string }[];
  ask(path: string, request?: PlainRequest): Promise<PlainAnswer>;
}

export async function testEndpoints(options: Partial<EndpointsOptions> = {}): Promise<TestEndpoints> {
  const clock = turnedClock();
  const { logger, lines } = quietLogger();
  const endpoints = await startEndpoints({ host: "127.0.0.1", port: 0, logger, clock, ...options });
  return {
    endpoints,
    clock,
    lines,
    ask: (path, request) => plainRequest(`${endpoints.url}${path}`, request),
    [Symbol.asyncDispose]: () => endpoints[Symbol.asyncDispose](),
  };
}
