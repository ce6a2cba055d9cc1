// Compares secrets in a time that says nothing about where they differ.
import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are the same; the time it takes depends on neither, apart from their length. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
