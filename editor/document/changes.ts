// The difference between two versions of plain data as a list of changes that can be applied and reversed.
// Arrays and scalars are replaced whole; the order of keys is kept too, so that undo gives back the same file.

type Slot = { readonly value: unknown } | null;

export type Change =
  | { readonly kind: "set"; readonly path: readonly string[]; readonly before: Slot; readonly after: Slot }
  | {
      readonly kind: "order";
      readonly path: readonly string[];
      readonly before: readonly string[];
      readonly after: readonly string[];
    };

type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What must be done to `before` to get `after`. Shared parts (same reference) cost nothing. */
export function difference(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = [];
  compare(before, after, [], changes);
  return changes;
}

function compare(before: unknown, after: unknown, path: readonly string[], changes: Change[]): void {
  if (before === after) return;
  if (!isPlain(before) || !isPlain(after)) {
    if (!equal(before, after))
      changes.push({ kind: "set", path, before: { value: before }, after: { value: after } });
    return;
  }
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) compare(before[key], after[key], [...path, key], changes);
    else changes.push({ kind: "set", path: [...path, key], before: { value: before[key] }, after: null });
  }
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key))
      changes.push({ kind: "set", path: [...path, key], before: null, after: { value: after[key] } });
  }
  const [was, is] = [Object.keys(before), Object.keys(after)];
  if (was.length !== is.length || was.some((key, index) => key !== is[index]))
    changes.push({ kind: "order", path, before: was, after: is });
}

/** The changes that take it back, in the order in which to do them. */
export function reverse(changes: readonly Change[]): readonly Change[] {
  // An order comes last in both directions: it names keys that the sets before it have made.
  const swapped = changes.map(
    (change) => ({ ...change, before: change.after, after: change.before }) as Change,
  );
  return [
    ...swapped.filter((change) => change.kind === "set").reverse(),
    ...swapped.filter((change) => change.kind === "order").reverse(),
  ];
}

/** A copy with the changes made. */
export function applyChanges<T>(root: T, changes: readonly Change[]): T {
  let result: unknown = root;
  for (const change of changes) {
    result =
      change.kind === "set"
        ? setAt(result, change.path, change.after)
        : orderAt(result, change.path, change.after);
  }
  return result as T;
}

function setAt(root: unknown, path: readonly string[], slot: Slot): unknown {
  const key = path.at(-1);
  if (key === undefined) return slot?.value;
  return updateAt(root, path.slice(0, -1), (parent) => {
    const entries = isPlain(parent) ? parent : {};
    if (slot !== null) return { ...entries, [key]: slot.value };
    return Object.fromEntries(Object.entries(entries).filter(([name]) => name !== key));
  });
}

function updateAt(value: unknown, path: readonly string[], update: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return update(value);
  const entries = isPlain(value) ? value : {};
  return {
    ...entries,
    [key]: updateAt(Object.hasOwn(entries, key) ? entries[key] : undefined, rest, update),
  };
}

function orderAt(value: unknown, path: readonly string[], keys: readonly string[]): unknown {
  if (!isPlain(value)) return value;
  const [key, ...rest] = path;
  if (key === undefined) return inOrder(value, keys);
  return Object.hasOwn(value, key) ? { ...value, [key]: orderAt(value[key], rest, keys) } : value;
}

function inOrder(value: Plain, keys: readonly string[]): Plain {
  const known = new Set(keys);
  const named = keys.filter((key) => Object.hasOwn(value, key));
  return Object.fromEntries(
    [...named, ...Object.keys(value).filter((key) => !known.has(key))].map((key) => [key, value[key]]),
  );
}

/** Deep equality of plain data; the order of keys does not count, a key that holds undefined is absent. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    if (!equal(Object.hasOwn(a, key) ? a[key] : undefined, Object.hasOwn(b, key) ? b[key] : undefined))
      return false;
  }
  return true;
}
