// The HTTP side of the admin API: every request passes the same gates, then meets its route or the editor.
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { badPath, methodNotAllowed, noSuchRoute } from "../base/errors/admin.ts";
import { errorText, MillraceError } from "../base/errors/error.ts";
import type { Logger } from "../base/logger.ts";
import type { EngineControl } from "../control.ts";
import { type Access, addressOf } from "./access/access.ts";
import { type Names, refuseForeign } from "./access/origin.ts";
import { answerWith } from "./answer.ts";
import { editorHandlers } from "./editor.ts";
import { answerFailure } from "./failure.ts";
import { setSecurityHeaders } from "./headers.ts";
import { openApiOf } from "./openapi.ts";
import { type AnyRoute, defineRoute } from "./route.ts";
import { engineRoutes } from "./routes/engine.ts";
import { flowRoutes } from "./routes/flows.ts";
import { metricsRoute } from "./routes/metrics.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { recoveryRoutes } from "./routes/recovery.ts";
import { sessionRoutes } from "./routes/session.ts";
import { topicRoutes } from "./routes/topics.ts";
import { Nothing } from "./schemas.ts";

export interface AppOptions {
  readonly engine: EngineControl;
  readonly access: Access;
  readonly names: Names;
  readonly editorFolder: string | null;
  readonly logger: Logger;
  /** Answer `GET /metrics` without a token. */
  readonly openMetrics?: boolean;
}

export function makeApp(options: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("strict routing");
  app.enable("case sensitive routing");
  app.use(gate(options.names));
  app.get("/", tokenInUrl(options.access));
  mount(app, allRoutes(options), options);
  app.use(...editorHandlers(options.editorFolder));
  app.use((request) => {
    throw noSuchRoute({ method: request.method, path: request.path });
  });
  const failed: ErrorRequestHandler = (error, _request, response, _next) =>
    answerFailure(response, asRefusal(error), options.logger);
  app.use(failed);
  return app;
}

/** Every route there is, the one that describes them included. */
function allRoutes({ engine, access, openMetrics }: AppOptions): AnyRoute[] {
  const routes = [
    ...engineRoutes,
    ...sessionRoutes(access),
    ...flowRoutes,
    ...nodeRoutes,
    ...topicRoutes,
    ...recoveryRoutes,
    metricsRoute(openMetrics ?? false),
  ];
  const description = defineRoute({
    method: "GET",
    path: "/api/openapi.json",
    summary: "This API.",
    tag: "engine",
    response: Nothing,
    handle: () => ({ body: document }),
  });
  const document = openApiOf([...routes, description], engine.version);
  return [...routes, description];
}

function mount(app: Express, routes: readonly AnyRoute[], { engine, access }: AppOptions): void {
  for (const [path, group] of Map.groupBy(routes, (route) => route.path)) {
    for (const route of group) {
      const answer = answerWith(route, engine, access);
      const verb = route.method.toLowerCase() as Lowercase<typeof route.method>;
      app[verb](path, (request, response) =>
        answer(request, response, { params: request.params, query: request.query }),
      );
    }
    const allowed = group.map(({ method }) => method);
    app.all(path, (request, response) => {
      response.setHeader("allow", allowed.join(", "));
      throw methodNotAllowed({ method: request.method, path: request.path, allowed });
    });
  }
}

function gate(names: Names): RequestHandler {
  return (request, response, next) => {
    setSecurityHeaders(response);
    const refusal = refuseForeign(request, names);
    if (refusal) throw refusal;
    next();
  };
}

/** The link that the engine prints signs in, and leaves no token in the address bar or the history. */
function tokenInUrl(access: Access): RequestHandler {
  return (request, response, next) => {
    const { token } = request.query;
    if (token === undefined) return next();
    try {
      response.setHeader("set-cookie", access.login(String(token), addressOf(request)));
    } catch {
      // The editor's login says it better than an error page would.
    }
    response.setHeader("cache-control", "no-store");
    response.redirect(303, "/");
  };
}

/** Express's own errors (a path that cannot be decoded) are the client's. */
function asRefusal(error: unknown): unknown {
  if (error instanceof MillraceError || !(error instanceof Error)) return error;
  const status = "status" in error ? Number(error.status) : 500;
  return status >= 400 && status < 500 ? badPath({ reason: errorText(error) }, { cause: error }) : error;
}
