// Files of multipart forms: streamed to a folder of the node's own, and removed after a while. What a killed engine
// left there is found and removed, too.
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { stopped, tooLarge } from "./body.ts";
import { Refusal } from "./refusal.ts";

const MOST_FILES = 100;
const MOST_FIELDS = 1000;

export interface UploadedFile {
  /** The form's field. */
  readonly field: string;
  /** What the caller named it; never used as a path. */
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Where it is for now. */
  readonly path: string;
}

export interface UploadedForm {
  readonly fields: Record<string, string | string[]>;
  readonly files: UploadedFile[];
}

export class Uploads {
  readonly #folder: string;
  readonly #keepMs: number;

  constructor(options: { flow: string; node: string; keepMs: number }) {
    const own = encodeURIComponent(`${options.flow}/${options.node}`);
    this.#folder = join(tmpdir(), "millrace-uploads", own);
    this.#keepMs = options.keepMs;
  }

  /** Takes a multipart form in. Throws a Refusal, with nothing left behind, when it is too large or broken. */
  async take(request: IncomingMessage, limit: number): Promise<UploadedForm> {
    if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
    const folder = join(this.#folder, randomUUID());
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      return await readForm(request, folder, limit);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Removes the files of requests that are older than they are kept. `now`: ms since the epoch. */
  async sweep(now: number): Promise<void> {
    const requests = await readdir(this.#folder).catch(() => []);
    for (const request of requests) {
      const path = join(this.#folder, request);
      const made = await stat(path).then(
        (found) => found.mtimeMs,
        () => now,
      );
      if (now - made >= this.#keepMs) await rm(path, { recursive: true, force: true });
    }
  }
}

async function readForm(request: IncomingMessage, folder: string, limit: number): Promise<UploadedForm> {
  const fields: Record<string, string | string[]> = {};
  const files: UploadedFile[] = [];
  const writes: Promise<void>[] = [];
  const form = openForm(request, limit);
  let size = 0;
  const fail = (error: Error) => form.destroy(error);
  form.on("field", (name, value, { valueTruncated }) => {
    if (valueTruncated) return void fail(tooLarge(limit));
    addField(fields, name, value);
  });
  form.on("file", (field, stream, { filename, mimeType }) => {
    const path = join(folder, String(writes.length));
    const file = { field, name: filename ?? "", type: mimeType, size: 0, path };
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      file.size += chunk.length;
      if (size > limit) fail(tooLarge(limit));
    });
    files.push(file);
    writes.push(writeFile(stream, path));
  });
  for (const name of ["filesLimit", "fieldsLimit", "partsLimit"] as const) {
    form.on(name, () => void fail(new Refusal(413, "http/too-many-parts", "The form has too many parts.")));
  }
  const gone = () => fail(stopped());
  request.once("aborted", gone);
  try {
    await pipeline(request, form);
    await Promise.all(writes);
  } catch (error) {
    await Promise.allSettled(writes);
    throw error instanceof Refusal
      ? error
      : new Refusal(400, "http/bad-form", `The form is broken: ${textOf(error)}.`);
  } finally {
    request.off("aborted", gone);
  }
  return { fields, files };
}

function openForm(request: IncomingMessage, limit: number): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: "utf8",
      limits: {
        files: MOST_FILES,
        fields: MOST_FIELDS,
        fieldSize: Math.min(limit, 1_000_000),
        headerPairs: 100,
      },
    });
  } catch (error) {
    throw new Refusal(400, "http/bad-form", `The form is broken: ${textOf(error)}.`);
  }
}

function writeFile(stream: Readable, path: string): Promise<void> {
  return pipeline(stream, createWriteStream(path, { flags: "wx", mode: 0o600 }));
}

function addField(fields: Record<string, string | string[]>, name: string, value: string): void {
  if (name === "__proto__") return;
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  fields[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
