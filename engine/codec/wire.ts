// The fields of proto/message.proto to bytes and back, written out by hand over protobufjs' writer and reader: it
// is the hottest code of the codec. A test proves it equal to what protobufjs makes of the .proto file itself.
import protobuf from "protobufjs/minimal.js";

/** Payload types on the wire, as `Message.Type` in the .proto file. */
export const PayloadType = {
  UNKNOWN: 0,
  JSON: 1,
  IMAGE: 2,
  BINARY: 3,
  NUMPY: 4,
  PROTOBUF: 5,
  STRUCTURED: 6,
} as const;

/** One envelope, field by field. Text that is "" and numbers that are 0 are not on the wire. */
export interface Envelope {
  readonly type: number;
  readonly timestamp: number;
  readonly version: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly id: string;
  readonly source: string;
  readonly correlationId: string;
  readonly schema: string;
}

export interface EnvelopeToWrite extends Envelope {
  /** Text stands for its UTF-8 bytes. */
  readonly data: string | Uint8Array;
}

export interface EnvelopeRead extends Envelope {
  /** Where the payload's bytes are in the source. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

const field = (number: number, wireType: 0 | 2) => (number << 3) | wireType;

export function writeWire(message: EnvelopeToWrite): Uint8Array {
  const writer = protobuf.Writer.create();
  if (message.type !== 0) writer.uint32(field(1, 0)).uint32(message.type);
  writer.uint32(field(2, 2)).fork();
  if (message.timestamp !== 0) writer.uint32(field(1, 0)).int64(message.timestamp);
  if (message.version !== "") writer.uint32(field(2, 2)).string(message.version);
  for (const name of Object.keys(message.attributes)) {
    writer.uint32(field(3, 2)).fork();
    writer.uint32(field(1, 2)).string(wellFormed(name));
    writer.uint32(field(2, 2)).string(wellFormed(message.attributes[name] ?? ""));
    writer.ldelim();
  }
  writer.ldelim();
  if (message.data.length > 0) {
    writer.uint32(field(3, 2));
    if (typeof message.data === "string") writer.string(message.data);
    else writer.bytes(message.data);
  }
  if (message.id !== "") writer.uint32(field(4, 2)).string(message.id);
  if (message.source !== "") writer.uint32(field(5, 2)).string(wellFormed(message.source));
  if (message.correlationId !== "") writer.uint32(field(6, 2)).string(wellFormed(message.correlationId));
  if (message.schema !== "") writer.uint32(field(7, 2)).string(wellFormed(message.schema));
  return writer.finish();
}

/** Half a surrogate pair is no Unicode text, and other readers would refuse the whole message for it. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** Skips fields it does not know. Throws an Error with the reason when the bytes are not an envelope. */
export function readWire(bytes: Buffer): EnvelopeRead {
  const reader = protobuf.Reader.create(bytes);
  const message = {
    type: 0,
    timestamp: 0,
    version: "",
    attributes: {} as Record<string, string>,
    dataStart: 0,
    dataEnd: 0,
    id: "",
    source: "",
    correlationId: "",
    schema: "",
  };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag) {
      case field(1, 0):
        message.type = reader.int32();
        break;
      case field(2, 2):
        readMetadata(reader, message);
        break;
      case field(3, 2):
        message.dataEnd = endOf(reader);
        message.dataStart = reader.pos;
        reader.pos = message.dataEnd;
        break;
      case field(4, 2):
        message.id = reader.string();
        break;
      case field(5, 2):
        message.source = reader.string();
        break;
      case field(6, 2):
        message.correlationId = reader.string();
        break;
      case field(7, 2):
        message.schema = reader.string();
        break;
      default:
        skip(reader, tag);
    }
  }
  return message;
}

interface Metadata {
  timestamp: number;
  version: string;
  attributes: Record<string, string>;
}

function readMetadata(reader: protobuf.Reader, into: Metadata): void {
  const end = endOf(reader);
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case field(1, 0):
        into.timestamp = readInt64(reader);
        break;
      case field(2, 2):
        into.version = reader.string();
        break;
      case field(3, 2):
        readAttribute(reader, into.attributes);
        break;
      default:
        skip(reader, tag);
    }
  }
  if (reader.pos !== end) throw new RangeError("a field is longer than the message");
}

function readAttribute(reader: protobuf.Reader, into: Record<string, string>): void {
  const end = endOf(reader);
  let name = "";
  let value = "";
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === field(1, 2)) name = reader.string();
    else if (tag === field(2, 2)) value = reader.string();
    else skip(reader, tag);
  }
  if (reader.pos !== end) throw new RangeError("a field is longer than the message");
  if (name === "__proto__")
    Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
  else into[name] = value;
}

function endOf(reader: protobuf.Reader): number {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError("a field is longer than the message");
  return end;
}

/** Exact up to 2^53, as every time is; no object is made for the common case. */
function readInt64(reader: protobuf.Reader): number {
  const { buf, pos, len } = reader;
  let low = 0;
  let high = 0;
  for (let index = 0; index < 8 && pos + index < len; index++) {
    const byte = buf[pos + index] ?? 0;
    if (index < 4) low |= (byte & 127) << (7 * index);
    else high |= (byte & 127) << (7 * (index - 4));
    if (byte < 128) {
      reader.pos = pos + index + 1;
      return high * 2 ** 28 + low;
    }
  }
  const long: unknown = reader.int64(); // a Long, or a number where that package is missing
  return Number(String(long));
}

function skip(reader: protobuf.Reader, tag: number): void {
  if (tag >>> 3 === 0) throw new RangeError("a field has no number");
  reader.skipType(tag & 7);
}
