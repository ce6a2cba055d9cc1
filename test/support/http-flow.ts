// An http-in and an http-response node on a real server, with a test's own code in between.
import type { AnyNodeDefinition, HttpPower, NodeContext } from "@millrace/sdk";
import { type TestNode, type TestOutput, testNode } from "@millrace/sdk/testing";
import { httpIn } from "../../nodes/network/http-in.ts";
import { httpResponse } from "../../nodes/network/http-response.ts";
import type { RequestPayload } from "../../nodes/network/incoming/endpoint.ts";
import { testEndpoints } from "./endpoints.ts";
import type { PlainAnswer, PlainRequest } from "./http-request.ts";
import type { TurnedClock } from "./turned-clock.ts";

export interface HttpFlow extends AsyncDisposable {
  readonly incoming: TestNode;
  readonly outgoing: TestNode;
  readonly url: string;
  /** The server's. */
  readonly clock: TurnedClock;
  ask(path: string, request?: PlainRequest): Promise<PlainAnswer>;
}

/** `answer` makes the payload of the http-response node; without it calls wait. It may throw: the topic is full; or wait: there is no room. */
export async function httpFlow(
  config: unknown,
  answer?: (payload: RequestPayload) => unknown,
): Promise<HttpFlow> {
  const server = await testEndpoints();
  const outgoing = await testNode(withHttp(httpResponse, server.endpoints));
  const forward = async ({ payload, attributes }: TestOutput) => {
    if (!answer) return;
    await outgoing.send("response", { payload: await answer(payload as RequestPayload), attributes });
  };
  const incoming = await testNode(withHttp(httpIn, server.endpoints), { config, accept: forward });
  return {
    incoming,
    outgoing,
    url: server.endpoints.url,
    clock: server.clock,
    ask: server.ask,
    async [Symbol.asyncDispose]() {
      await incoming.close();
      await outgoing.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The node, whose context has the HTTP power of a real server in place of the harness's own. */
function withHttp(definition: AnyNodeDefinition, http: HttpPower): AnyNodeDefinition {
  return { ...definition, start: (context: NodeContext) => definition.start({ ...context, http }) };
}
