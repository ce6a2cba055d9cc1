// Reads a request's body as JSON: bounded in size and depth, with the place of what is malformed.
import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { bodyTooLarge, malformedJson, refusedJson, unreadableBody } from "../base/errors/admin.ts";
import { errorText } from "../base/errors/error.ts";

export const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const MOST_DEPTH = 200;

/** The body as JSON; undefined when there is none. The content type is not looked at. */
export async function readJsonBody(
  request: IncomingMessage,
  response: ServerResponse,
  limitBytes = BODY_LIMIT_BYTES,
): Promise<unknown> {
  const text = await readText(request, response, limitBytes);
  return text === "" ? undefined : parseJson(text);
}

/** Parses JSON that strangers wrote. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformedJson(placeIn(text), { cause: error });
  }
  refuseDangerous(value);
  return value;
}

function readText(request: IncomingMessage, response: ServerResponse, limit: number): Promise<string> {
  const read = express.text({ type: () => true, limit, defaultCharset: "utf-8" });
  return new Promise((resolve, reject) => {
    read(request as express.Request, response as express.Response, (error?: unknown) => {
      if (error === undefined) {
        const body: unknown = "body" in request ? request.body : undefined;
        resolve(typeof body === "string" ? body : "");
      } else if (statusOf(error) === 413) {
        reject(bodyTooLarge({ limit: sizeText(limit) }));
      } else {
        reject(unreadableBody({ reason: errorText(error) }, { cause: error }));
      }
    });
  });
}

function placeIn(text: string): { line: number; column: number; reason: string } {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch {
    // Nested so deep that the parser gave up: then the start is as good a place as any.
  }
  const [first] = errors;
  const before = text.slice(0, first?.offset ?? 0).split("\n");
  const reason = first ? words(printParseErrorCode(first.error)) : "it cannot be read";
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, reason };
}

/** `CommaExpected` as words. */
function words(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}

/** Goes level by level, without recursion. */
function refuseDangerous(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) throw refusedJson({ reason: `it is nested deeper than ${MOST_DEPTH} levels` });
    const next: unknown[] = [];
    for (const value of level) {
      if (value === null || typeof value !== "object") continue;
      if (Object.hasOwn(value, "__proto__"))
        throw refusedJson({ reason: 'the key "__proto__" is not allowed' });
      for (const child of Object.values(value)) {
        if (child !== null && typeof child === "object") next.push(child);
      }
    }
    level = next;
  }
}

function statusOf(error: unknown): unknown {
  return error !== null && typeof error === "object" && "status" in error ? error.status : undefined;
}

function sizeText(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MB` : `${bytes} bytes`;
}
