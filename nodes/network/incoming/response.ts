// What an http-response node makes of a payload: `{ status, headers, body, cookies }`, or the body alone.
import type { HttpAnswer } from "@millrace/sdk";
import { stringifySetCookie } from "cookie";

const PARTS = new Set(["status", "headers", "body", "cookies"]);

interface Parts {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly cookies?: unknown;
}

/** The answer; what the payload does not say comes from `usual`. */
export function answerOf(
  payload: unknown,
  usual: { status: number; headers: Readonly<Record<string, string>> },
): HttpAnswer {
  if (!isAnswer(payload)) return { status: usual.status, headers: lowerCase(usual.headers), body: payload };
  const headers: Record<string, string | readonly string[]> = {
    ...lowerCase(usual.headers),
    ...lowerCase(isRecord(payload.headers) ? payload.headers : {}),
  };
  const cookies = isRecord(payload.cookies) ? Object.entries(payload.cookies).map(setCookie) : [];
  if (cookies.length > 0) headers["set-cookie"] = [...listOf(headers["set-cookie"]), ...cookies];
  const status = typeof payload.status === "number" ? payload.status : usual.status;
  return { status, headers, body: payload.body };
}

/** Only these parts, at least one of them, and each as it must be: otherwise it is a body that looks like it. */
function isAnswer(payload: unknown): payload is Parts {
  if (!isRecord(payload)) return false;
  const names = Object.keys(payload);
  if (names.length === 0 || !names.every((name) => PARTS.has(name))) return false;
  const { status, headers, cookies }: Parts = payload;
  const statusFits =
    status === undefined || (Number.isInteger(status) && Number(status) >= 200 && Number(status) < 600);
  return (
    statusFits && (headers === undefined || isRecord(headers)) && (cookies === undefined || isRecord(cookies))
  );
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string | readonly string[]> {
  const lower: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    lower[name.toLowerCase()] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return lower;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** `null` forgets the cookie, text sets it, an object sets it with its options. */
function setCookie([name, value]: [string, unknown]): string {
  if (value === null) return stringifySetCookie({ name, value: "", path: "/", maxAge: 0 });
  if (!isRecord(value)) return stringifySetCookie({ name, value: String(value), path: "/" });
  const { path, domain, maxAge, expires, httpOnly, secure, sameSite } = value;
  return stringifySetCookie({
    name,
    value: String(value.value ?? ""),
    path: typeof path === "string" ? path : "/",
    ...(typeof domain === "string" && { domain }),
    ...(typeof maxAge === "number" && { maxAge }),
    ...((expires instanceof Date || typeof expires === "string") && { expires: new Date(expires) }),
    ...(httpOnly === true && { httpOnly }),
    ...(secure === true && { secure }),
    ...((sameSite === "strict" || sameSite === "lax" || sameSite === "none") && { sameSite }),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
