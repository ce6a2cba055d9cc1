// The attributes by which parts of a whole find together again. Split writes them, join reads them, and so may others.

export type PartsType = "array" | "object" | "string" | "buffer";

export interface Parts {
  /** Which whole they belong to. */
  readonly id: string;
  readonly index: number;
  /** How many there are; undefined while nobody knows yet (streams). */
  readonly count: number | undefined;
  readonly type: PartsType;
  /** Objects: the property. */
  readonly key: string | undefined;
  /** Texts: what stood between the parts. Buffers: the same as base64. */
  readonly separator: string | undefined;
  /** Arrays: each part is a list of items. */
  readonly chunked: boolean;
}

type Attributes = Readonly<Record<string, string>>;

const PREFIX = "parts.";
const TYPES: readonly string[] = ["array", "object", "string", "buffer"];

/** Adds the parts to attributes. Those of an outer split are kept inside `parts.outer`. */
export function withParts(attributes: Attributes, parts: Parts): Record<string, string> {
  const { own, outer } = separate(attributes);
  if (Object.keys(outer).length > 0) own[`${PREFIX}outer`] = JSON.stringify(outer);
  const { id, index, count, type, key, separator, chunked } = parts;
  Object.assign(own, { [`${PREFIX}id`]: id, [`${PREFIX}index`]: String(index), [`${PREFIX}type`]: type });
  if (count !== undefined) own[`${PREFIX}count`] = String(count);
  if (key !== undefined) own[`${PREFIX}key`] = key;
  if (separator !== undefined) own[`${PREFIX}separator`] = separator;
  if (chunked) own[`${PREFIX}chunked`] = "true";
  return own;
}

/** The parts in attributes; undefined when there are none, or they make no sense. */
export function readParts(attributes: Attributes): Parts | undefined {
  const get = (name: string) => attributes[PREFIX + name];
  const [id, type] = [get("id"), get("type") ?? "array"];
  const [index, count] = [Number(get("index") ?? 0), get("count")];
  if (id === undefined || !isType(type) || !Number.isInteger(index) || index < 0) return undefined;
  return {
    id,
    type,
    index,
    count: count === undefined ? undefined : Number(count),
    key: get("key"),
    separator: get("separator"),
    chunked: get("chunked") === "true",
  };
}

/** Attributes as they were before the last split. */
export function withoutParts(attributes: Attributes): Record<string, string> {
  const { own, outer } = separate(attributes);
  const before = outer[`${PREFIX}outer`];
  return before === undefined ? own : { ...own, ...readOuter(before) };
}

function separate(attributes: Attributes): { own: Record<string, string>; outer: Record<string, string> } {
  const own: Record<string, string> = {};
  const outer: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes))
    (name.startsWith(PREFIX) ? outer : own)[name] = value;
  return { own, outer };
}

function readOuter(text: string): Record<string, string> {
  try {
    const outer: unknown = JSON.parse(text);
    const entries = Object.entries(Object(outer)).filter(([name]) => name.startsWith(PREFIX));
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  } catch {
    return {};
  }
}

function isType(text: string): text is PartsType {
  return TYPES.includes(text);
}
