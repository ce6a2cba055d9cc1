// Writes what a flow answers as an HTTP response. Strings and bytes go as they are, anything else as JSON.
import type { ServerResponse } from "node:http";
import type { HttpAnswer } from "@millrace/sdk";
import { badAnswer } from "../base/errors/endpoints.ts";
import { errorText, type MillraceError } from "../base/errors/error.ts";

const NONE = {};
const TEXT = "text/plain; charset=utf-8";
const BYTES = "application/octet-stream";
const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Throws a catalogue error, with nothing sent, for an answer that HTTP cannot carry. `usual`: headers in lower case
 * that are added where the answer has none.
 */
export function sendAnswer(
  response: ServerResponse,
  answer: HttpAnswer,
  usual: Readonly<Record<string, string>> = NONE,
): void {
  const { status = 200, headers, body } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw badAnswer({ reason: `"${String(status)}" is not a status from 200 to 599` });
  }
  const bytes = bytesOf(body);
  const head: Record<string, string | string[]> = { ...usual };
  let typed = false;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    const lower = name.toLowerCase();
    if (lower === "content-type") typed = true;
    // The length is counted here, and the connection is the server's.
    if (lower === "content-length" || lower === "transfer-encoding" || lower === "connection") continue;
    head[lower] = typeof value === "string" ? value : [...value];
  }
  const bodyless = status === 204 || status === 304;
  if (!bodyless) {
    if (!typed && body !== undefined) head["content-type"] = typeOf(body);
    head["content-length"] = String(typeof bytes === "string" ? Buffer.byteLength(bytes) : bytes.length);
  }
  // What the caller still sends of a body that is too large is not read.
  if (status === 413) response.shouldKeepAlive = false;
  try {
    response.writeHead(status, head);
  } catch (error) {
    throw badAnswer({ reason: errorText(error) }, { cause: error });
  }
  if (bodyless) response.end();
  else response.end(bytes);
}

/** Answers with an error of the catalogue. */
export function sendError(
  response: ServerResponse,
  error: MillraceError,
  headers: Readonly<Record<string, string>> = NONE,
): void {
  if (response.headersSent || response.destroyed) return;
  const body = { error: { code: error.code, message: error.message } };
  sendAnswer(response, { status: error.status, headers, body });
}

function bytesOf(body: unknown): string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body === undefined) return "";
  try {
    return JSON.stringify(body) ?? "null";
  } catch (error) {
    throw badAnswer({ reason: `its body is not JSON (${errorText(error)})` }, { cause: error });
  }
}

function typeOf(body: unknown): string {
  if (typeof body === "string") return TEXT;
  return body instanceof Uint8Array ? BYTES : JSON_TYPE;
}
