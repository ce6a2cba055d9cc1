// State values to bytes and back, as they went: JSON text where JSON says it all (readable in the store), otherwise
// a marker byte that no text starts with, and MessagePack.
import { unreadablePayload } from "../base/errors/codec.ts";
import { errorText } from "../base/errors/error.ts";
import { checkSize } from "./payload.ts";
import { jsonSaysItAll } from "./plain.ts";
import { seen } from "./seen.ts";
import { packStructured, unpackStructured } from "./structured.ts";

/** Never a byte of UTF-8 text. */
const STRUCTURED_MARK = 0xc1;

/** Throws what the codec's catalogue says for values that cannot be kept. */
export function encodeValue(value: unknown): Uint8Array {
  const isJson = jsonSaysItAll(value);
  const bytes = isJson
    ? Buffer.from(JSON.stringify(value))
    : Buffer.concat([Buffer.of(STRUCTURED_MARK), packStructured(value)]);
  checkSize(bytes);
  return bytes;
}

/** Throws `codec/unreadable-payload` when the bytes are not a value. */
export function decodeValue(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (buffer[0] === STRUCTURED_MARK) return unpackStructured(buffer.subarray(1));
    return JSON.parse(buffer.toString("utf8"));
  } catch (cause) {
    throw unreadablePayload({ type: "state", seen: seen(bytes), reason: errorText(cause) }, { cause });
  }
}
