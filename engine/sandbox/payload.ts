// Messages to the runner and documents from it, as JSON when JSON says it all, otherwise as MessagePack.
import { createRequire } from "node:module";
import type { Message, ScriptMessage } from "@millrace/sdk";
import { isExactJson } from "./isolate/exact-json.ts";
import { makePacker, type PackerLibrary } from "./isolate/packer.ts";
import type { Document } from "./isolate/report.ts";

// The build that makes no code from strings; it comes without types.
const packer = makePacker(createRequire(import.meta.url)("msgpackr/index-no-eval") as PackerLibrary);

/** What a script sees of a message, and nothing else that the object may carry. */
function visible(message: ScriptMessage): ScriptMessage {
  const { id, topic, time, source, correlationId, attributes, attempt, payload, port } = message;
  const shown = { id, topic, time, source, correlationId, attributes, attempt, payload };
  return port === undefined ? shown : { ...shown, port };
}

/** Text is JSON, bytes are MessagePack. Throws an UnsendableError. */
export function encodeMessages(messages: readonly Message[]): string | Uint8Array {
  const exact = messages.every((message) => isExactJson(message.payload));
  const plain = messages.map(visible);
  return exact ? JSON.stringify(plain) : packer.pack(plain);
}

export function encodeValue(value: unknown): string | Uint8Array {
  return isExactJson(value) ? JSON.stringify(value) : packer.pack(value);
}

/** A document the runner sent: after its "D", JSON. Throws when it is not well-formed. */
export function decodeJsonDocument(body: Buffer): Document {
  const text = body.toString("utf8", 1);
  const document = JSON.parse(text) as Document;
  // JSON.parse makes `__proto__` an own key; Object.assign downstream would make it a prototype.
  if (text.includes("__proto__") || text.includes("\\u00")) refuseUnsafeKeys(document);
  return checked(document);
}

export function decodePackedDocument(body: Buffer): Document {
  const document = packer.unpack(body) as Document;
  refuseUnsafeKeys(document);
  return checked(document);
}

function checked(document: Document): Document {
  if (!Array.isArray(document?.outcomes) || !Array.isArray(document.notes))
    throw new TypeError("not a document");
  return document;
}

/** The key that would become a prototype when the payload is merged or assigned later on. */
export class UnsafeKeyError extends Error {}

function refuseUnsafeKeys(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "__proto__")) throw new UnsafeKeyError(`The key "__proto__" is not allowed.`);
  if (value instanceof Map) for (const item of value.values()) refuseUnsafeKeys(item);
  if (ArrayBuffer.isView(value)) return;
  for (const item of Object.values(value)) refuseUnsafeKeys(item);
}
