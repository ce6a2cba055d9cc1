// An endpoint: requests that match become messages; an http-response node answers them, here or on another engine.
import { defineNode, type HttpCall, parseDuration, Type } from "@millrace/sdk";
import { HttpInConfig } from "./incoming/config.ts";
import { checkCors, corsHeaders, preflightAnswer } from "./incoming/cors.ts";
import { Endpoint } from "./incoming/endpoint.ts";

/** How often old uploads are looked for. */
const SWEEP_MS = 10 * 60_000;

const Anything = Type.Record(Type.String(), Type.Unknown());

const Request = Type.Object({
  method: Type.String(),
  path: Type.String(),
  params: Anything,
  query: Anything,
  headers: Anything,
  cookies: Type.Record(Type.String(), Type.String()),
  body: Type.Unknown({ description: "As parsed; null without a body." }),
  files: Type.Optional(
    Type.Array(
      Type.Object({
        field: Type.String(),
        name: Type.String({ description: "What the caller named it; not a path." }),
        type: Type.String(),
        size: Type.Integer(),
        path: Type.String({ description: "Where the file is for now." }),
      }),
    ),
  ),
});

export const httpIn = defineNode({
  type: "http-in",
  title: "HTTP in",
  summary: "Offers an HTTP endpoint; each request becomes a message.",
  category: "network",
  icon: "world-download",
  docs: `Offers an endpoint at the engine's port for flows (3881, unless it was started with another).

Each request leaves \`request\` as \`{ method, path, params, query, headers, cookies, body, files? }\`. Wire the end of
the work to an **HTTP response** node; it finds the caller by the attribute \`http.call\`, which messages inherit. With
\`respond: "accepted"\` the caller gets 202 as soon as the topics have the message: on a stream topic, nothing that
was accepted is lost.

When the topics are full, up to 100 requests wait for room; further ones get 503 with \`Retry-After\`.

What the schemas, the authentication or the limits refuse never becomes a message. In schemas, \`format\` is not
checked. Uploaded files stay for \`keepUploads\`; move what should stay longer.

\`\`\`json
{
  "method": "POST",
  "path": "/orders/:shop",
  "schema": { "body": { "type": "object", "required": ["item"] } },
  "timeout": "10s"
}
\`\`\``,
  config: HttpInConfig,
  inputs: {},
  outputs: { request: Request },
  start(context) {
    const { method, path, timeout, cors } = context.config;
    if (cors) checkCors(cors);
    const endpoint = new Endpoint(context);
    const { uploads } = endpoint;
    if (uploads) {
      context.every(SWEEP_MS, () => uploads.sweep(context.clock.now()), { immediately: true });
    }
    const route = context.http.route({
      method,
      path,
      timeoutMs: parseDuration(timeout),
      handle: (call) => endpoint.handle(call),
      ...(cors && {
        headers: (call: HttpCall) => corsHeaders(cors, call.headers),
        preflight: (call: HttpCall) => preflightAnswer(cors, call.headers),
      }),
    });
    context.status(`${method} ${path}`, "ok");
    return {
      fire: (payload: unknown) => endpoint.fire(payload),
      health: () => ({ healthy: true, text: `${method} ${path}` }),
      close: () => route[Symbol.dispose](),
    };
  },
});
