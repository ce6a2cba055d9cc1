// Reads a request's body: bounded, unpacked, and parsed as its content type or the config says.
import type { IncomingMessage } from "node:http";
import { parse as parseForm } from "node:querystring";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { Refusal } from "./refusal.ts";

export type ParseMode = "auto" | "json" | "form" | "text" | "bytes";

const MOST_FORM_FIELDS = 1000;
const UNPACK = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** Whether the request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** The media type alone, in lower case; empty when there is none. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The bytes as they were sent. Throws a Refusal above the limit, or when the caller stops in the middle. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      request.removeAllListeners("data");
      request.pause();
      reject(tooLarge(limit));
    });
    request.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once("error", () => reject(stopped()));
    request.once("close", () => reject(stopped()));
  });
}

/** What was sent packed, unpacked; still within the limit. */
export async function unpack(request: IncomingMessage, bytes: Buffer, limit: number): Promise<Buffer> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return bytes;
  if (!Object.hasOwn(UNPACK, encoding)) {
    throw new Refusal(415, "http/unknown-encoding", `The content encoding "${encoding}" is not understood.`);
  }
  try {
    return await UNPACK[encoding as keyof typeof UNPACK](bytes, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit);
    throw new Refusal(400, "http/bad-encoding", `The body is not ${encoding}, as its content encoding says.`);
  }
}

/** The value that the bytes stand for. */
export function parseBody(request: IncomingMessage, bytes: Buffer, mode: ParseMode): unknown {
  switch (mode === "auto" ? modeFor(mediaTypeOf(request)) : mode) {
    case "json":
      return parseJson(textOf(request, bytes));
    case "form":
      return fieldsOf(textOf(request, bytes));
    case "text":
      return textOf(request, bytes);
    default:
      return bytes;
  }
}

function modeFor(type: string): ParseMode {
  if (type === "application/json" || type.endsWith("+json")) return "json";
  if (type === "application/x-www-form-urlencoded") return "form";
  if (type.startsWith("text/") || type === "application/xml" || type.endsWith("+xml")) return "text";
  return "bytes";
}

function textOf(request: IncomingMessage, bytes: Buffer): string {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(request.headers["content-type"] ?? "")?.[1] ?? "utf-8";
  if (/^utf-?8$/i.test(charset)) return bytes.toString("utf8");
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    throw new Refusal(415, "http/unknown-charset", `The charset "${charset}" is not understood.`);
  }
}

function parseJson(text: string): unknown {
  if (text.trim() === "") return null;
  // Only text that can hold the key pays for looking at every key.
  const suspicious = text.includes("__proto__") || text.includes("\\u005");
  try {
    return suspicious ? JSON.parse(text, refusePrototype) : JSON.parse(text);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, "http/malformed-json", `The body is not JSON: ${reason}.`);
  }
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key !== "__proto__") return value;
  throw new Refusal(400, "http/refused-key", 'The key "__proto__" is not allowed in a body.');
}

/** Fields of a form, or of a query; repeated ones as lists. */
function fieldsOf(text: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(parseForm(text, "&", "=", { maxKeys: MOST_FORM_FIELDS }))) {
    if (value !== undefined && name !== "__proto__") fields[name] = value;
  }
  return fields;
}

export function tooLarge(limit: number): Refusal {
  return new Refusal(413, "http/body-too-large", `The body is larger than ${limit} bytes.`);
}

export function stopped(): Refusal {
  return new Refusal(400, "http/incomplete", "The body ended before it was complete.");
}
