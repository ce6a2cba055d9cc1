// A value as the debug panel shows it: JSON, what JSON cannot say as text, cut where it is long.

const DEPTH = 8;
const ITEMS = 100;
const TEXT = 2_000;
const PARTS = 2_000;

export interface Shown {
  readonly value: unknown;
  /** Something was left out. */
  readonly cut: boolean;
}

export function shownValue(value: unknown): Shown {
  const state = { cut: false, parts: 0 };
  return { value: shown(value, 0, state), cut: state.cut };
}

function shown(value: unknown, depth: number, state: { cut: boolean; parts: number }): unknown {
  state.parts++;
  if (state.parts > PARTS) {
    state.cut = true;
    return "…";
  }
  if (typeof value === "string") return shownText(value, state);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return typeof value === "bigint" ? `${value}n` : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof Error) return shownText(value.stack ?? value.message, state);
  if (value instanceof Uint8Array) return shownBytes(value, state);
  if (depth >= DEPTH) {
    state.cut = true;
    return Array.isArray(value) ? `[… ${value.length} items]` : "{…}";
  }
  if (value instanceof Map) return shownList([...value], depth, state);
  if (value instanceof Set || Array.isArray(value)) return shownList([...value], depth, state);
  const entries = Object.entries(value);
  if (entries.length > ITEMS) state.cut = true;
  return Object.fromEntries(
    entries.slice(0, ITEMS).map(([key, item]) => [key, shown(item, depth + 1, state)]),
  );
}

function shownList(
  items: readonly unknown[],
  depth: number,
  state: { cut: boolean; parts: number },
): unknown[] {
  if (items.length > ITEMS) state.cut = true;
  return items.slice(0, ITEMS).map((item) => shown(item, depth + 1, state));
}

function shownText(text: string, state: { cut: boolean }): string {
  if (text.length <= TEXT) return text;
  state.cut = true;
  return `${text.slice(0, TEXT)}…`;
}

function shownBytes(bytes: Uint8Array, state: { cut: boolean }): string {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("hex");
  if (bytes.length > 64) state.cut = true;
  return `<${bytes.length} bytes> ${head}${bytes.length > 64 ? "…" : ""}`;
}
