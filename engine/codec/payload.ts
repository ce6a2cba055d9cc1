// Payloads to bytes and back. JSON where JSON says it all, bytes where it is bytes, MessagePack for the rest:
// what goes in comes out unchanged, but bytes come back as a Buffer whichever Uint8Array they were.
import { payloadTooLarge, protoNeeded, unknownPayloadType, unreadablePayload } from "../base/errors/codec.ts";
import { errorText } from "../base/errors/error.ts";
import { decodeNumpy, encodeNumpy, isNumpyArray } from "./numpy.ts";
import { jsonSaysItAll, MAX_PAYLOAD_BYTES } from "./plain.ts";
import { seen } from "./seen.ts";
import { packStructured, unpackStructured } from "./structured.ts";
import type { ProtobufType } from "./typed.ts";
import { type EnvelopeRead, PayloadType } from "./wire.ts";

/**
 * The attribute that says that a payload of bytes is an encoded picture: a message of type IMAGE arrives with it,
 * and bytes that have it leave as IMAGE. It is not written into the envelope, whose type says the same.
 */
export const IMAGE_ATTRIBUTE = "payload-type";
export const IMAGE_ATTRIBUTE_VALUE = "image";

export interface EncodedPayload {
  readonly type: number;
  /** Text stands for its UTF-8 bytes. */
  readonly data: string | Uint8Array;
  /** `file.proto#pkg.Type`, for PROTOBUF. */
  readonly schema: string;
}

/** Throws what the codec's error catalogue says for payloads that cannot travel. */
export function encodePayload(
  payload: unknown,
  options: { image: boolean; proto?: ProtobufType | undefined },
): EncodedPayload {
  const encoded = encode(payload, options);
  checkSize(encoded.data);
  return encoded;
}

function encode(
  payload: unknown,
  options: { image: boolean; proto?: ProtobufType | undefined },
): EncodedPayload {
  if (options.proto) {
    return { type: PayloadType.PROTOBUF, data: options.proto.encode(payload), schema: options.proto.schema };
  }
  if (payload instanceof Uint8Array && !(payload instanceof Uint8ClampedArray)) {
    return { type: options.image ? PayloadType.IMAGE : PayloadType.BINARY, data: payload, schema: "" };
  }
  if (isNumpyArray(payload)) return { type: PayloadType.NUMPY, data: encodeNumpy(payload), schema: "" };
  if (jsonSaysItAll(payload)) return { type: PayloadType.JSON, data: JSON.stringify(payload), schema: "" };
  return { type: PayloadType.STRUCTURED, data: packStructured(payload), schema: "" };
}

/** Refuses more than MAX_PAYLOAD_BYTES. */
export function checkSize(data: string | Uint8Array): void {
  if (data.length * 3 <= MAX_PAYLOAD_BYTES) return;
  const size = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
  if (size <= MAX_PAYLOAD_BYTES) return;
  throw payloadTooLarge({ size: `${(size / 1_048_576).toFixed(2)} MB`, limit: "1 MB" });
}

/** `bytes` may be used again by who owns them: nothing of the answer points into them. */
export function decodePayload(
  envelope: Pick<EnvelopeRead, "type" | "schema" | "dataStart" | "dataEnd">,
  bytes: Buffer,
  proto: ProtobufType | undefined,
): unknown {
  const { type, schema, dataStart, dataEnd } = envelope;
  const data = () => bytes.subarray(dataStart, dataEnd);
  switch (type) {
    case PayloadType.JSON:
      return readAs("JSON", data, () => JSON.parse(bytes.toString("utf8", dataStart, dataEnd)));
    case PayloadType.IMAGE:
    case PayloadType.BINARY:
      return Buffer.from(data());
    case PayloadType.NUMPY:
      return readAs("NUMPY", data, () => decodeNumpy(data()));
    case PayloadType.STRUCTURED:
      return readAs("STRUCTURED", data, () => unpackStructured(data()));
    case PayloadType.PROTOBUF:
      if (!proto?.covers(schema)) throw protoNeeded({ schema: schema || "(not named)" });
      return readAs(`PROTOBUF ${proto.schema}`, data, () => proto.decode(data()));
    default:
      throw unknownPayloadType({ type });
  }
}

function readAs(type: string, data: () => Buffer, read: () => unknown): unknown {
  try {
    return read();
  } catch (cause) {
    throw unreadablePayload({ type, seen: seen(data()), reason: errorText(cause) }, { cause });
  }
}
