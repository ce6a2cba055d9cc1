// Bytes as a person can read them in an error: text where it is text, otherwise hexadecimal; the beginning only.

/** At most some forty characters. */
export function seen(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return "(no bytes)";
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 40));
  const text = head.toString("utf8");
  const isText = /^[\P{C}\s]*$/u.test(text.slice(0, -1)) && !text.slice(0, -1).includes("\uFFFD");
  const shown = isText ? text.replaceAll(/[\s\uFFFD]+/g, " ") : head.subarray(0, 16).toString("hex");
  const shownBytes = isText ? 40 : 16;
  return bytes.byteLength > shownBytes ? `${shown}…` : shown;
}
