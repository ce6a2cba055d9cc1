// Frames on the pipe between engine and script runner: length, type, two numbers, body. Lengths and numbers are
// unsigned 32-bit, big-endian.

const HEADER_BYTES = 13;
/** A frame above this is a broken or hostile peer. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

export interface Frame {
  readonly type: number;
  /** Which script. */
  readonly script: number;
  /** Which run of it, or which request; 0 when neither. */
  readonly run: number;
  readonly body: Buffer;
}

export function encodeFrame(type: number, script: number, run: number, body: string | Uint8Array): Buffer {
  const size = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + size);
  frame.writeUInt32BE(size + HEADER_BYTES - 4, 0);
  frame[4] = type;
  frame.writeUInt32BE(script, 5);
  frame.writeUInt32BE(run, 9);
  if (typeof body === "string") frame.write(body, HEADER_BYTES);
  else frame.set(body, HEADER_BYTES);
  return frame;
}

/** Puts frames together from chunks. Bodies are views of what arrived: use them before the next turn, or copy. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 4;

  /** Throws a RangeError when a length makes no sense. */
  *read(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    if (this.#size < this.#needed) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#needed = 4;
    while (bytes.byteLength >= 4) {
      const length = bytes.readUInt32BE(0);
      if (length < HEADER_BYTES - 4 || length > MAX_FRAME_BYTES) {
        throw new RangeError(`A frame of ${length} bytes makes no sense.`);
      }
      if (bytes.byteLength < length + 4) {
        this.#needed = length + 4;
        break;
      }
      yield {
        type: bytes[4] as number,
        script: bytes.readUInt32BE(5),
        run: bytes.readUInt32BE(9),
        body: bytes.subarray(HEADER_BYTES, length + 4),
      };
      bytes = bytes.subarray(length + 4);
    }
    this.#chunks = bytes.byteLength === 0 ? [] : [bytes];
    this.#size = bytes.byteLength;
  }
}
