// Where a redirect leads, and what goes along (Fetch standard, HTTP-redirect fetch).
import { Failure } from "@millrace/sdk";
import type { Outgoing } from "./outgoing.ts";

const STATUSES = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS = ["authorization", "cookie", "proxy-authorization", "idempotency-key"];
const OF_BODY = ["content-type", "content-length", "content-encoding", "content-language"];

/** The next request, or undefined when the answer is no redirect. Credentials never go to another origin. */
export function redirected(
  request: Outgoing,
  status: number,
  location: string | undefined,
): Outgoing | undefined {
  if (!STATUSES.has(status) || location === undefined) return undefined;
  if (!URL.canParse(location, request.url.href)) {
    throw new Failure(`The redirect to "${location}" leads nowhere.`, {
      code: "http/bad-redirect",
      retry: false,
    });
  }
  const url = new URL(location, request.url);
  if (url.hash === "") url.hash = request.url.hash;
  const becomesGet =
    (status === 303 && request.method !== "GET" && request.method !== "HEAD") ||
    ((status === 301 || status === 302) && request.method === "POST");
  const dropped = new Set([
    ...(url.origin === request.url.origin ? [] : CREDENTIALS),
    ...(becomesGet ? OF_BODY : []),
  ]);
  return {
    method: becomesGet ? "GET" : request.method,
    url,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped.has(name))),
    body: becomesGet ? undefined : request.body,
  };
}
