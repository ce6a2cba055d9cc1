// Takes one request through a route: who asks, whether it is forged, what it holds, and what it is answered.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TSchema } from "@millrace/sdk";
import { invalidRequest, notJson } from "../base/errors/admin.ts";
import type { EngineControl } from "../control.ts";
import { compileSchemaCheck, type SchemaCheck } from "../flow/check.ts";
import { type Access, addressOf } from "./access/access.ts";
import { readJsonBody } from "./body.ts";
import { showInJson } from "./json.ts";
import type { AnyRoute, Caller, Reply } from "./route.ts";

/** What the router found in the URL. */
export interface Matched {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, matched: Matched) => Promise<void>;

/** What answers a route's requests. It throws what the request is refused with. */
export function answerWith(route: AnyRoute, engine: EngineControl, access: Access): Answer {
  const checkParams = partCheck(route.params);
  const checkQuery = partCheck(route.query);
  const checkBody = partCheck(route.body);
  return async (request, response, matched) => {
    const caller = callerOf(route, access, request);
    if (route.method !== "GET" && caller.session !== undefined) refuseForged(request);
    const params = fromText(matched.params, route.params);
    const query = fromText(matched.query, route.query);
    const problems = [...checkParams(params), ...checkQuery(query)];
    if (problems.length > 0) throw invalidRequest({ problems });
    const body = route.body ? await readJsonBody(request, response, route.bodyLimitBytes) : undefined;
    const bodyProblems =
      route.body && body === undefined ? ["The body is missing; send JSON."] : checkBody(body);
    if (bodyProblems.length > 0) throw invalidRequest({ problems: bodyProblems });
    const reply = await route.handle({ engine, caller, address: addressOf(request), params, query, body });
    send(response, reply, route.responseType);
  };
}

function callerOf(route: AnyRoute, access: Access, request: IncomingMessage): Caller {
  // Whoever signs in has no session yet, and is checked as if they had one.
  if (route.access === "open") return { name: "", session: route.method === "GET" ? undefined : "" };
  return access.callerOf(request);
}

/**
 * A browser sends a foreign page's form with the cookie, but JSON only after asking, which is never granted.
 * The page's origin was checked before.
 */
function refuseForged(request: IncomingMessage): void {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) throw notJson({ type });
}

/** Compiled when the first request comes: an engine starts sooner than anyone asks. */
function partCheck(schema: TSchema | undefined): SchemaCheck {
  let check: SchemaCheck | undefined;
  return (value) => {
    if (!schema) return [];
    check ??= compileSchemaCheck(schema);
    return check(value);
  };
}

/** Text of the URL as the schema's integers and defaults. */
function fromText(values: Readonly<Record<string, unknown>>, schema: TSchema | undefined): unknown {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, Record<string, unknown>> };
  const read: Record<string, unknown> = { ...values };
  for (const [name, property] of Object.entries(properties)) {
    const value = read[name];
    if (value === undefined && "default" in property) read[name] = property.default;
    if (property.type === "integer" && typeof value === "string" && /^-?\d{1,15}$/.test(value)) {
      read[name] = Number(value);
    }
  }
  return read;
}

function send(response: ServerResponse, reply: Reply, type: string | undefined): void {
  response.statusCode = reply.status ?? 200;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.setHeader("content-type", type ?? "application/json; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.end(type === undefined ? JSON.stringify(reply.body, showInJson) : String(reply.body));
}
