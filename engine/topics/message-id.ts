// Message ids: UUIDv7 for a message that starts something; for one that descends from another, an id computed from
// its parent's, so that a redelivered parent yields children with the same ids. Kept as numbers, written on demand.

/** A UUIDv7 in parts: 48 bits of time, and 74 bits in three 32-bit words (of the first, 12 bits count; second 30). */
export interface IdWords {
  readonly ms: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const POOL_WORDS = 3 * 1024;
const pool = new Int32Array(POOL_WORDS);
let poolAt = POOL_WORDS;

export function randomWords(ms: number): IdWords {
  if (poolAt === POOL_WORDS) {
    crypto.getRandomValues(pool);
    poolAt = 0;
  }
  return { ms, a: pool[poolAt++] ?? 0, b: pool[poolAt++] ?? 0, c: pool[poolAt++] ?? 0 };
}

/** The words of the `count`-th message that the emitter with this `seed` derives from a parent. */
export function derivedWords(parent: IdWords, seed: number, count: number): IdWords {
  const salt = mix(seed ^ Math.imul(count + 1, 0x9e3779b1));
  const a = mix(parent.a ^ salt);
  const b = mix(parent.b ^ a);
  return { ms: parent.ms, a, b, c: mix(parent.c ^ b ^ salt) };
}

/** Words of any text: what children of a foreign message with an id of its own form derive from. */
export function wordsOfText(text: string, ms: number): IdWords {
  const a = hashText(text, 0x2545f491);
  const b = hashText(text, a);
  return { ms, a, b, c: hashText(text, b) };
}

/** A 32-bit hash of a text (FNV-1a, finished with a mix). */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(hash);
}

export function formatId({ ms, a, b, c }: IdWords): string {
  const time = Math.max(0, Math.floor(ms));
  const high = Math.floor(time / 0x10000);
  const variant = (b & 0x3fffffff) | 0x80000000;
  return (
    `${hex4(high >>> 16)}${hex4(high)}-${hex4(time)}-${hex4(0x7000 | (a & 0xfff))}-` +
    `${hex4(variant >>> 16)}-${hex4(variant)}${hex4(a >>> 12)}${hex4(c >>> 16)}`
  );
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The low 16 bits. By table: ids are formatted on hot paths. */
function hex4(word: number): string {
  return `${HEX[(word >>> 8) & 0xff]}${HEX[word & 0xff]}`;
}

/** MurmurHash3's finaliser: every bit of the input reaches every bit of the output. */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
