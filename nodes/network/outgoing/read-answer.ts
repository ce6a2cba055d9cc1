// Reads an answer's body: unpacked, bounded, and as text, JSON or bytes.
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Failure } from "@millrace/sdk";

export type ResponseKind = "auto" | "text" | "json" | "bytes";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** All bytes of a body. Throws a Failure above the limit; the stream is then destroyed. */
export async function readBody(body: Readable, headers: Headers, limit: number): Promise<Buffer> {
  const stream = unpacked(body, first(headers["content-encoding"]));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) {
        throw new Failure(
          `The answer is larger than ${limit} bytes. Raise the response limit if that is right.`,
          {
            code: "http/response-too-large",
            retry: false,
          },
        );
      }
      chunks.push(chunk);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/** The bytes as the config or their content type says. */
export function bodyValue(bytes: Buffer, headers: Headers, kind: ResponseKind): unknown {
  const contentType = first(headers["content-type"]) ?? "";
  switch (kind === "auto" ? kindOf(contentType) : kind) {
    case "bytes":
      return bytes;
    case "json":
      return parseJson(bytes.toString("utf8"));
    default:
      return textOf(bytes, contentType);
  }
}

function kindOf(contentType: string): ResponseKind {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  const isText = type.startsWith("text/") || type.endsWith("+xml");
  return isText || type === "application/xml" || type === "application/javascript" ? "text" : "bytes";
}

function parseJson(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`The answer is not JSON: ${reason}.`, { code: "http/malformed-json", retry: false });
  }
}

function textOf(bytes: Buffer, contentType: string): string {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString("utf8");
  }
}

function unpacked(body: Readable, encoding: string | undefined): Readable {
  const unpack = unpacker(encoding?.trim().toLowerCase());
  if (!unpack) return body;
  body.on("error", (error) => unpack.destroy(error));
  return body.pipe(unpack);
}

function unpacker(encoding: string | undefined) {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
