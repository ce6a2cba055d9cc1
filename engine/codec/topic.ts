// The codec of one topic, by its format: the envelope for Millrace and LiteBoty, or the bare payload for foreign
// programs, whose messages then have no id, time, source and attributes of their own.
import { formatMismatch, unreadablePayload } from "../base/errors/codec.ts";
import { errorText } from "../base/errors/error.ts";
import {
  decodeEnvelope,
  type EncodableMessage,
  encodeEnvelope,
  NOTHING_SAID,
  type WireMessage,
} from "./envelope.ts";
import { checkSize } from "./payload.ts";
import { jsonSaysItAll } from "./plain.ts";
import { seen } from "./seen.ts";
import { compileProto, type ProtoSource } from "./typed.ts";

export interface TopicCodec {
  /** Throws `codec/…` errors for payloads that the format cannot carry. The bytes are the caller's. */
  encode(message: EncodableMessage): Uint8Array;
  /** Throws `codec/…` errors that show what was seen. Nothing of the answer points into `bytes`. */
  decode(bytes: Uint8Array): WireMessage;
}

export interface TopicCodecOptions {
  readonly format: "millrace" | "json" | "text" | "binary";
  /** Payloads of a protobuf type: inside the envelope, or bare when the format is `binary`. */
  readonly proto?: ProtoSource | undefined;
}

/** Throws `codec/bad-proto` or `codec/proto-type-missing`. */
export function topicCodec(options: TopicCodecOptions): TopicCodec {
  const proto = options.proto && compileProto(options.proto);
  switch (options.format) {
    case "millrace":
      return {
        encode: (message) => encodeEnvelope(message, proto),
        decode: (bytes) => decodeEnvelope(bytes, proto),
      };
    case "json":
      return bare("json", encodeJson, decodeJson);
    case "text":
      return bare("text", encodeText, decodeText);
    case "binary":
      return proto
        ? bare(`protobuf ${proto.schema}`, proto.encode, proto.decode)
        : bare("binary", encodeBinary, (bytes) => Buffer.from(bytes));
  }
}

function bare(
  name: string,
  encode: (payload: unknown) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): TopicCodec {
  return {
    encode(message) {
      const bytes = encode(message.payload);
      checkSize(bytes);
      return bytes;
    },
    decode(bytes) {
      try {
        return { ...NOTHING_SAID, payload: decode(bytes) };
      } catch (cause) {
        throw unreadablePayload({ type: name, seen: seen(bytes), reason: errorText(cause) }, { cause });
      }
    },
  };
}

/** By JSON's own rules (a Date becomes text, undefined fields are left out): foreign programs know no other. */
function encodeJson(payload: unknown): Uint8Array {
  let text: string | undefined;
  try {
    text = JSON.stringify(payload);
  } catch (cause) {
    jsonSaysItAll(payload); // names the place of a cycle
    throw formatMismatch(
      { format: "json", what: "a BigInt", hint: "Send a number or text instead." },
      { cause },
    );
  }
  if (text !== undefined) return Buffer.from(text);
  throw formatMismatch({
    format: "json",
    what: `a payload that is ${String(payload)}`,
    hint: "Send null or an object instead.",
  });
}

function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(decodeText(bytes));
}

/** Text as it is; anything else as its JSON. */
function encodeText(payload: unknown): Uint8Array {
  return typeof payload === "string" ? Buffer.from(payload) : encodeJson(payload);
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Bytes as they are; text as UTF-8. */
function encodeBinary(payload: unknown): Uint8Array {
  if (typeof payload === "string") return Buffer.from(payload);
  if (payload instanceof ArrayBuffer) return Buffer.from(payload.slice(0));
  if (ArrayBuffer.isView(payload)) {
    return Buffer.from(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
  }
  throw formatMismatch({
    format: "binary",
    what: `a payload that is ${payload === null ? "null" : `of type ${typeof payload}`}`,
    hint: "Send bytes or text instead, or set the topic's format to json.",
  });
}
