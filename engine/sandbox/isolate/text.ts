// Text and bytes for the isolate: UTF-8 and Base64, which V8 alone does not have.

/** UTF-8 only. Lone surrogates become U+FFFD. */
export class TextEncoder {
  get encoding(): string {
    return "utf-8";
  }

  encode(text = ""): Uint8Array {
    const source = String(text).toWellFormed();
    const bytes = new Uint8Array(source.length * 3);
    let at = 0;
    for (let index = 0; index < source.length; index += 1) {
      const code = source.codePointAt(index) as number;
      if (code > 0xffff) index += 1;
      if (code < 0x80) bytes[at++] = code;
      else if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else {
        if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12);
        else {
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
        }
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      }
    }
    return bytes.slice(0, at);
  }
}

/** UTF-8 only. What is not UTF-8 becomes U+FFFD, or throws when `fatal`. */
export class TextDecoder {
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(String(label))) {
      throw new RangeError(`The encoding "${label}" is not supported; "utf-8" is.`);
    }
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  get encoding(): string {
    return "utf-8";
  }

  decode(input: ArrayBuffer | ArrayBufferView = new Uint8Array()): string {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const hasMark = !this.ignoreBOM && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    let text = "";
    let codes: number[] = [];
    for (let at = hasMark ? 3 : 0; at < bytes.length; ) {
      const [code, size] = readCodePoint(bytes, at);
      if (code < 0 && this.fatal) throw new TypeError("The bytes are not valid UTF-8.");
      codes.push(code < 0 ? 0xfffd : code);
      at += size;
      if (codes.length === 4096) {
        text += String.fromCodePoint(...codes);
        codes = [];
      }
    }
    return text + String.fromCodePoint(...codes);
  }
}

/** The code point at `at` and how many bytes it took; -1 when they are no UTF-8. */
function readCodePoint(bytes: Uint8Array, at: number): [code: number, size: number] {
  const first = bytes[at] as number;
  if (first < 0x80) return [first, 1];
  const length =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0;
  if (length === 0) return [-1, 1];
  let code = first & (0x7f >> length);
  for (let offset = 1; offset < length; offset += 1) {
    const next = bytes[at + offset];
    const low = offset === 1 && first === 0xe0 ? 0xa0 : offset === 1 && first === 0xf0 ? 0x90 : 0x80;
    const high = offset === 1 && first === 0xed ? 0x9f : offset === 1 && first === 0xf4 ? 0x8f : 0xbf;
    if (next === undefined || next < low || next > high) return [-1, offset];
    code = (code << 6) | (next & 0x3f);
  }
  return [code, length];
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of a string whose characters are all bytes. */
export function btoa(text: string): string {
  const source = String(text);
  let result = "";
  for (let at = 0; at < source.length; at += 3) {
    const bytes = [source.charCodeAt(at), source.charCodeAt(at + 1), source.charCodeAt(at + 2)] as const;
    if (bytes[0] > 255 || bytes[1] > 255 || bytes[2] > 255) {
      throw new RangeError("btoa takes characters up to U+00FF. Encode the text with TextEncoder first.");
    }
    const left = source.length - at;
    const group = (bytes[0] << 16) | ((left > 1 ? bytes[1] : 0) << 8) | (left > 2 ? bytes[2] : 0);
    result += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    result += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : "=";
    result += left > 2 ? ALPHABET.charAt(group & 63) : "=";
  }
  return result;
}

/** The bytes of Base64, one character each. */
export function atob(base64: string): string {
  const source = String(base64)
    .replace(/[\t\n\f\r ]/g, "")
    .replace(/={1,2}$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(source) || source.length % 4 === 1)
    throw new RangeError("The text is not Base64.");
  let result = "";
  let group = 0;
  let bits = 0;
  for (let at = 0; at < source.length; at += 1) {
    group = (group << 6) | ALPHABET.indexOf(source.charAt(at));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    result += String.fromCharCode((group >> bits) & 255);
    group &= (1 << bits) - 1;
  }
  return result;
}
