// The slots of Redis Cluster: which one a key belongs to (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/),
// and who serves it, as CLUSTER SLOTS tells. Pure.

export const SLOTS = 16_384;

/** The slot of a key: CRC16 (XMODEM) of its hash tag. */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashTag(key))) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % SLOTS;
}

/** The part of a key that is hashed: between the first braces when they hold something, otherwise all of it. */
export function hashTag(key: string): string {
  const open = key.indexOf("{");
  const close = open < 0 ? -1 : key.indexOf("}", open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}

/** What between braces brings another key into the slot of this one: its own hash tag, if that can be written so. */
export function tagLike(key: string): string {
  const slot = slotOf(key);
  const tag = hashTag(key);
  if (slotOf(`{${tag}}`) === slot) return tag;
  for (let number = 0; ; number++) if (slotOf(String(number)) === slot) return String(number);
}

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** The master of a slot, from the reply of CLUSTER SLOTS; undefined when nobody serves it, or it hides its host. */
export function masterOf(reply: unknown, slot: number): NodeAddress | undefined {
  for (const range of rangesOf(reply)) {
    if (range.from <= slot && slot <= range.to) return range.master;
  }
  return undefined;
}

/** All masters, from the reply of CLUSTER SLOTS. */
export function mastersOf(reply: unknown): NodeAddress[] {
  const found = new Map<string, NodeAddress>();
  for (const { master } of rangesOf(reply)) if (master) found.set(`${master.host}:${master.port}`, master);
  return [...found.values()];
}

function* rangesOf(reply: unknown): Iterable<{ from: number; to: number; master: NodeAddress | undefined }> {
  for (const range of Array.isArray(reply) ? reply : []) {
    if (!Array.isArray(range)) continue;
    const [from, to, master] = range;
    const [host, port] = Array.isArray(master) ? master : [];
    const known = typeof host === "string" && host !== "" ? { host, port: Number(port) } : undefined;
    yield { from: Number(from), to: Number(to), master: known };
  }
}
