// Replies of Redis as entries of the port.
import type { StreamEntry } from "../backend.ts";

type Reply = readonly unknown[];

export function listOf(reply: unknown): Reply {
  return Array.isArray(reply) ? reply : [];
}

export function textOf(reply: unknown): string {
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply ?? "");
}

/** From `[id, [field, value, …]]`, as buffers. */
export function entryOf(reply: unknown): StreamEntry {
  const [id, fields] = listOf(reply);
  return entryOfFields(textOf(id), listOf(fields), 0);
}

/** From `[id, count, [field, value, …]]`, as our functions answer for pending entries. */
export function pendingEntryOf(reply: unknown): StreamEntry {
  const [id, count, fields] = listOf(reply);
  return entryOfFields(textOf(id), listOf(fields), Number(count));
}

/** What Redis counts for a pending entry: how often it was handed out, and this much more for every failure. */
const FAILURE = 1000;

function entryOfFields(id: string, fields: Reply, count: number): StreamEntry {
  const deliveries = count % FAILURE;
  const failures = (count - deliveries) / FAILURE;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index];
    const value = fields[index + 1];
    // "m"
    if (Buffer.isBuffer(name) && name.length === 1 && name[0] === 0x6d && Buffer.isBuffer(value)) {
      const group = fields.length > 2 ? groupIn(fields) : undefined;
      const entry = { id, body: value, fields: undefined, deliveries, failures };
      return group === undefined ? entry : { ...entry, group };
    }
  }
  const pairs: [string, string][] = [];
  for (let index = 0; index < fields.length; index += 2) {
    pairs.push([textOf(fields[index]), textOf(fields[index + 1])]);
  }
  // No prototype: a foreign program may call a field "__proto__".
  const record: Record<string, string> = Object.assign(Object.create(null), {});
  for (const [name, value] of pairs) record[name] = value;
  return { id, body: undefined, fields: record, deliveries, failures };
}

/** Field `g`: the only group that the entry is meant for. */
function groupIn(fields: Reply): string | undefined {
  for (let index = 0; index < fields.length; index += 2) {
    if (textOf(fields[index]) === "g") return textOf(fields[index + 1]);
  }
  return undefined;
}

/** From a flat reply of names and values. */
export function fieldsOf(reply: unknown): Map<string, unknown> {
  const list = listOf(reply);
  const fields = new Map<string, unknown>();
  for (let index = 0; index < list.length; index += 2) fields.set(textOf(list[index]), list[index + 1]);
  return fields;
}
