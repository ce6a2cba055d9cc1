// What an http-in node does with each request: lets it in, reads it, checks it, and emits it as a message.
import { type HttpAnswer, type HttpCall, type NodeContext, parseDuration } from "@millrace/sdk";
import { parseCookie } from "cookie";
import { checkCredentials, checkSignature } from "./auth.ts";
import { hasBody, mediaTypeOf, parseBody, readBytes, unpack } from "./body.ts";
import type { HttpInConfig } from "./config.ts";
import { Refusal } from "./refusal.ts";
import { compileRequestCheck, type RequestCheck } from "./schema-check.ts";
import { type UploadedFile, Uploads } from "./uploads.ts";

/** The attribute that says which call a message came from; http-response answers it. */
export const CALL_ATTRIBUTE = "http.call";

/** The payload of an http-in node's messages. */
export interface RequestPayload {
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly headers: HttpCall["headers"];
  readonly cookies: Record<string, string>;
  /** As parsed; null without a body. */
  readonly body: unknown;
  readonly files?: UploadedFile[];
}

interface ReadBody {
  readonly body: unknown;
  readonly files?: UploadedFile[];
}

/** Requests whose message waits for room in a topic; beyond, callers are sent away at once. */
const MOST_WAITING = 100;

const SIGNED_NOTHING = new Uint8Array();

export class Endpoint {
  readonly uploads: Uploads | undefined;
  readonly #context: NodeContext<HttpInConfig>;
  readonly #config: HttpInConfig;
  readonly #check: RequestCheck | undefined;
  #waiting = 0;

  /** Throws a Failure for a config that cannot work. */
  constructor(context: NodeContext<HttpInConfig>) {
    const { config, node } = context;
    this.#context = context;
    this.#config = config;
    this.#check = config.schema && compileRequestCheck(config.schema);
    if (config.uploads) {
      this.uploads = new Uploads({
        flow: node.flow,
        node: node.id,
        keepMs: parseDuration(config.keepUploads),
      });
    }
  }

  /** Answers a request that is refused, or once it was accepted; otherwise it waits for its response. */
  async handle(call: HttpCall): Promise<HttpAnswer | "wait"> {
    const { auth, respond } = this.#config;
    try {
      if (auth) checkCredentials(auth, call.headers);
      const read = hasBody(call.request) ? await this.#readBody(call) : this.#withoutBody(call);
      await this.#emit(this.#payload(call, read), call.id);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
    return respond === "accepted" ? { status: 202, body: { accepted: true } } : "wait";
  }

  /** The button: a request that nobody waits for. Fields of the payload go before what a request has. */
  async fire(payload: unknown): Promise<void> {
    const { method, path } = this.#config;
    const request: RequestPayload = {
      method: method === "ANY" ? "GET" : method,
      path,
      params: {},
      query: {},
      headers: {},
      cookies: {},
      body: null,
    };
    const given = payload !== null && typeof payload === "object" ? payload : { body: payload ?? null };
    await this.#context.emit("request", { ...request, ...given });
  }

  async #emit(payload: RequestPayload, callId: string): Promise<void> {
    if (this.#waiting >= MOST_WAITING) throw notTaken();
    this.#waiting++;
    try {
      await this.#context.emit("request", payload, { attributes: { [CALL_ATTRIBUTE]: callId } });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.log.error(`A request was not taken: ${reason}`, { path: payload.path });
      throw notTaken();
    } finally {
      this.#waiting--;
    }
  }

  #payload(call: HttpCall, { body, files }: ReadBody): RequestPayload {
    const parts = { params: { ...call.params }, query: call.query, body };
    this.#check?.(parts);
    return {
      method: call.method,
      path: call.path,
      params: parts.params,
      query: parts.query,
      headers: this.#config.auth ? withoutCredentials(call.headers) : call.headers,
      cookies: cookiesOf(call.headers.cookie),
      body: parts.body,
      ...(files && { files }),
    };
  }

  #withoutBody({ headers }: HttpCall): ReadBody {
    const { auth } = this.#config;
    if (auth) checkSignature(auth, headers, SIGNED_NOTHING);
    return { body: null };
  }

  async #readBody({ request }: HttpCall): Promise<ReadBody> {
    const { auth, bodyLimit, parse, uploadLimit } = this.#config;
    if (mediaTypeOf(request) === "multipart/form-data" && parse === "auto") {
      // A signature covers all bytes, and those of an upload are never in one place.
      if (!this.uploads || auth?.type === "hmac") {
        throw new Refusal(415, "http/no-uploads", "This endpoint takes no multipart forms.");
      }
      const { fields, files } = await this.uploads.take(request, uploadLimit);
      return { body: fields, files };
    }
    const bytes = await readBytes(request, bodyLimit);
    if (auth) checkSignature(auth, request.headers, bytes);
    return { body: parseBody(request, await unpack(request, bytes, bodyLimit), parse) };
  }
}

/** The topic is full, or refuses the message. */
function notTaken(): Refusal {
  return new Refusal(503, "http/not-taken", "The flow cannot take this request now. Try again soon.", {
    headers: { "retry-after": "1" },
  });
}

/** Credentials that were checked are nobody's business further on. */
function withoutCredentials(headers: HttpCall["headers"]): HttpCall["headers"] {
  const { authorization: _, ...others } = headers;
  return others;
}

function cookiesOf(header: string | string[] | undefined): Record<string, string> {
  const cookies: Record<string, string> = {};
  if (typeof header !== "string") return cookies;
  for (const [name, value] of Object.entries(parseCookie(header))) {
    if (value !== undefined && name !== "__proto__") cookies[name] = value;
  }
  return cookies;
}
