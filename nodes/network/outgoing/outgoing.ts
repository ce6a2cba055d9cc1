// One request as it will be sent, made from the config and a message. Pure: sending is elsewhere.
import { Failure } from "@millrace/sdk";
import { FormData } from "undici";
import type { HttpRequestConfig } from "./config.ts";
import { compileJson, compileText, compileTexts, type View } from "./template.ts";

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | FormData | undefined;
}

/** Compiles a config into what makes requests of messages. Throws a Failure for a broken template. */
export function compileOutgoing(config: HttpRequestConfig): (view: View) => Outgoing {
  const urlOf = compiled("URL", () => compileText(config.url, encodeURIComponent));
  const headersOf = compiled("headers", () => compileTexts(config.headers));
  const queryOf = compiled("query", () => compileTexts(config.query));
  const bodyOf = config.body === undefined ? undefined : compiled("body", () => compileJson(config.body));
  return (view) => {
    const url = parseUrl(urlOf(view));
    for (const [name, value] of queryOf(view)) url.searchParams.append(name, value);
    if (config.payload === "query") addQuery(url, view.payload);
    const headers: Record<string, string> = {
      "user-agent": "millrace",
      "accept-encoding": "gzip, deflate, br",
    };
    if (config.idempotencyKey) headers["idempotency-key"] = view.id;
    if (config.auth && config.auth.type !== "digest") headers.authorization = authorization(config.auth);
    for (const [name, value] of headersOf(view)) headers[name.toLowerCase()] = value;
    const bodyless = config.method === "GET" || config.method === "HEAD";
    const value = bodyOf ? bodyOf(view) : config.payload === "body" && !bodyless ? view.payload : undefined;
    const body = encode(value, headers);
    return { method: config.method, url, headers, body };
  };
}

function compiled<T>(part: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`The template of the ${part} cannot be read: ${reason}.`, {
      code: "http/bad-template",
      retry: false,
      cause: error,
    });
  }
}

function parseUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.username === "" && url.password === "") return url;
    throw new Failure("The URL holds a user or password. Put them into the authentication of the node.", {
      code: "http/bad-url",
      retry: false,
    });
  }
  throw new Failure(`"${text}" is not a URL. Write for example https://api.example.com/users.`, {
    code: "http/bad-url",
    retry: false,
  });
}

function addQuery(url: URL, payload: unknown): void {
  if (payload === null || typeof payload !== "object") return;
  for (const [name, value] of Object.entries(payload)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) url.searchParams.append(name, plain(item));
    }
  }
}

type Auth = NonNullable<HttpRequestConfig["auth"]>;

function authorization(auth: Exclude<Auth, { type: "digest" }>): string {
  if (auth.type === "bearer") return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString("base64")}`;
}

/** The body as bytes or text; sets the content type where the headers have none. */
function encode(value: unknown, headers: Record<string, string>): Outgoing["body"] {
  if (value === undefined) return undefined;
  const type = headers["content-type"]?.toLowerCase();
  if (value instanceof Uint8Array) {
    headers["content-type"] ??= "application/octet-stream";
    return value;
  }
  if (typeof value === "string" && !type?.includes("json")) {
    headers["content-type"] ??= "text/plain; charset=utf-8";
    return value;
  }
  if (type?.startsWith("application/x-www-form-urlencoded")) {
    const form = new URLSearchParams();
    for (const [name, field] of fieldsOf(value)) form.append(name, plain(field));
    return form.toString();
  }
  if (type?.startsWith("multipart/form-data")) {
    // The boundary is chosen when the form is sent.
    delete headers["content-type"];
    const form = new FormData();
    for (const [name, field] of fieldsOf(value)) {
      if (field instanceof Uint8Array) form.append(name, new Blob([Uint8Array.from(field)]), name);
      else form.append(name, plain(field));
    }
    return form;
  }
  headers["content-type"] ??= "application/json";
  return JSON.stringify(value);
}

function fieldsOf(value: unknown): [string, unknown][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, field]) =>
    Array.isArray(field)
      ? field.map((item): [string, unknown] => [name, item])
      : [[name, field] as [string, unknown]],
  );
}

function plain(value: unknown): string {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
}
