// Bytes as a person can read them in an error: text where it is text, otherwise hexadecimal; the beginning only.

/** At most some forty characters. */
export function seen(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return "(no bytes)";
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 40));
  const isCut = bytes.byteLength > head.byteLength;
  const text = head.toString("utf8").replace(isCut ? /\uFFFD+$/ : /$^/, ""); // a character cut in two
  if (/^[\P{C}\s]+$/u.test(text) && !text.includes("\uFFFD")) {
    return `${text.replaceAll(/\s+/g, " ")}${isCut ? "…" : ""}`;
  }
  return `${head.subarray(0, 16).toString("hex")}${bytes.byteLength > 16 ? "…" : ""}`;
}
