// What browsers are told about calls from other sites' pages (Fetch standard, CORS protocol).
import type { IncomingHttpHeaders } from "node:http";
import { Failure, type HttpAnswer, parseDuration } from "@millrace/sdk";
import type { CorsConfig } from "./config.ts";

/** Throws for a config that browsers would ignore, or that would let every site act for the user. */
export function checkCors(cors: CorsConfig): void {
  if (cors.credentials && cors.origins.includes("*")) {
    const sentence = 'CORS with credentials cannot have the origin "*". Name the sites that may call.';
    throw new Failure(sentence, { code: "http/bad-cors", retry: false });
  }
}

/** Headers to add to every answer. */
export function corsHeaders(cors: CorsConfig, request: IncomingHttpHeaders): Record<string, string> {
  const { origin } = request;
  if (cors.origins.includes("*")) return { "access-control-allow-origin": "*" };
  if (origin === undefined || !cors.origins.includes(origin)) return { vary: "Origin" };
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    ...(cors.credentials && { "access-control-allow-credentials": "true" }),
  };
}

/** The answer to a browser that asks before the page's call. */
export function preflightAnswer(cors: CorsConfig, request: IncomingHttpHeaders): HttpAnswer {
  const headers = corsHeaders(cors, request);
  if (headers["access-control-allow-origin"] === undefined) return { status: 204, headers };
  return {
    status: 204,
    headers: {
      ...headers,
      "access-control-allow-methods": request["access-control-request-method"] ?? "",
      "access-control-allow-headers": cors.headers.join(", "),
      "access-control-max-age": String(parseDuration(cors.maxAge) / 1000),
    },
  };
}
