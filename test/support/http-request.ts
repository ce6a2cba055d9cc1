// One HTTP request exactly as written: no header is added, changed or forbidden, and no redirect is followed.
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Strings and bytes as they are, anything else as JSON (the content type is the caller's business). */
  readonly body?: unknown;
}

/** Sends one request on a connection of its own. */
export function plainRequest(url: string, options: PlainRequest = {}): Promise<PlainAnswer> {
  const { body } = options;
  const bytes =
    body === undefined || typeof body === "string" || body instanceof Uint8Array
      ? body
      : JSON.stringify(body);
  const length = bytes === undefined ? {} : { "content-length": String(Buffer.byteLength(bytes)) };
  // The URL parser would tidy the path; attacks need it as it is.
  const [, origin, path] = /^(http:\/\/[^/?]+)(.*)$/.exec(url) ?? [];
  if (origin === undefined) throw new RangeError(`"${url}" is not a URL for a test.`);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = httpRequest({
      host: hostname.replace(/^\[|\]$/g, ""),
      port,
      path: path === "" ? "/" : (path ?? "/"),
      method: options.method ?? "GET",
      headers: { ...length, ...options.headers },
      agent: false,
    });
    let answered = false;
    request.on("error", (error) => answered || reject(error));
    request.on("response", (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
      });
    });
    request.end(bytes);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
