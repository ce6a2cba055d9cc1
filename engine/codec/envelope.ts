// A message to the envelope of proto/message.proto and back. The attempt and the topic are not part of it: both
// belong to where the message stands, not to what it is.
import { notAnEnvelope } from "../base/errors/codec.ts";
import { errorText } from "../base/errors/error.ts";
import { decodePayload, encodePayload, IMAGE_ATTRIBUTE, IMAGE_ATTRIBUTE_VALUE } from "./payload.ts";
import { seen } from "./seen.ts";
import type { ProtobufType } from "./typed.ts";
import { type Envelope, PayloadType, readWire, writeWire } from "./wire.ts";

/** What of a message is written; a `Message` of the SDK is one. */
export interface EncodableMessage {
  readonly id?: string;
  readonly time: number;
  readonly source?: string;
  readonly correlationId?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** A message as the wire said it. Undefined is what the bytes did not say: foreign programs write no id, source and correlation. */
export interface WireMessage {
  readonly id: string | undefined;
  readonly time: number | undefined;
  readonly source: string | undefined;
  readonly correlationId: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** LiteBoty's version of messages that name none. */
const DEFAULT_VERSION = "1.0";

/** Throws what the codec's catalogue says for payloads that cannot travel. The bytes are the caller's. */
export function encodeEnvelope(message: EncodableMessage, proto?: ProtobufType): Uint8Array {
  const { attributes } = message;
  const image = attributes[IMAGE_ATTRIBUTE] === IMAGE_ATTRIBUTE_VALUE;
  const { type, data, schema } = encodePayload(message.payload, { image, proto });
  return writeWire({
    type,
    timestamp: message.time,
    version: attributes.version ?? DEFAULT_VERSION,
    attributes: type === PayloadType.IMAGE ? withoutImage(attributes) : attributes,
    data,
    id: message.id ?? "",
    source: message.source ?? "",
    correlationId: message.correlationId ?? "",
    schema,
  });
}

/** Throws `codec/…` errors that show what was seen. Nothing of the answer points into `bytes`. */
export function decodeEnvelope(bytes: Uint8Array, proto?: ProtobufType): WireMessage {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wire = read(buffer);
  return {
    id: wire.id || undefined,
    time: wire.timestamp || undefined,
    source: wire.source || undefined,
    correlationId: wire.correlationId || undefined,
    attributes: attributesOf(wire),
    payload: decodePayload(wire, buffer, proto),
  };
}

/** The message of a stream entry that a foreign program wrote, without the field `m`: its fields are the payload. */
export function foreignMessage(fields: Readonly<Record<string, string>>): WireMessage {
  return { ...NOTHING_SAID, payload: fields };
}

/** What bytes without an envelope say of their message. */
export const NOTHING_SAID = {
  id: undefined,
  time: undefined,
  source: undefined,
  correlationId: undefined,
  attributes: {},
} as const satisfies Omit<WireMessage, "payload">;

function read(bytes: Buffer) {
  let reason = "it is empty";
  try {
    if (bytes.length > 0) return readWire(bytes);
  } catch (cause) {
    reason = errorText(cause);
  }
  throw notAnEnvelope({ seen: seen(bytes), reason });
}

/** A version that only the typed field says becomes the attribute, so that passing the message on keeps it. */
function attributesOf(wire: Envelope): Readonly<Record<string, string>> {
  const version =
    wire.version !== "" && wire.version !== DEFAULT_VERSION && wire.attributes.version === undefined;
  if (!version && wire.type !== PayloadType.IMAGE) return wire.attributes;
  return {
    ...wire.attributes,
    ...(version ? { version: wire.version } : {}),
    ...(wire.type === PayloadType.IMAGE ? { [IMAGE_ATTRIBUTE]: IMAGE_ATTRIBUTE_VALUE } : {}),
  };
}

function withoutImage(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { [IMAGE_ATTRIBUTE]: _, ...others } = attributes;
  return others;
}
