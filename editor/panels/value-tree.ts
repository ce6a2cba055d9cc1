// A JSON value as the rows of a tree: what stands on each line, how it is named from the root, how it is copied.
// Pure. Long lists are shown in part, so that one huge message does not freeze the panel.

export type ValueKind = "object" | "array" | "string" | "number" | "boolean" | "null" | "missing";

export interface TreeRow {
  /** From the root, in the form of configs: `payload.items[0]["odd name"]`. */
  readonly path: string;
  readonly depth: number;
  /** The key or index; empty for the root. */
  readonly name: string;
  readonly kind: ValueKind;
  /** One line: a scalar in full up to a limit, an object or list in short. */
  readonly preview: string;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly value: unknown;
  /** Children that are not shown because there are too many: this row stands for them. */
  readonly hidden?: number;
}

const TEXT_LIMIT = 500;
const PREVIEW_LIMIT = 60;
/** Children shown at once under one row. */
export const CHILD_LIMIT = 100;

/** The rows that are visible when the given paths are open. */
export function treeRows(
  value: unknown,
  open: ReadonlySet<string>,
  options: { readonly root?: string; readonly limits?: ReadonlyMap<string, number> } = {},
): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (child: unknown, path: string, name: string, depth: number) => {
    const children = childrenOf(child);
    const expanded = children.length > 0 && open.has(path);
    rows.push({
      path,
      depth,
      name,
      kind: kindOf(child),
      preview: preview(child),
      expandable: children.length > 0,
      expanded,
      value: child,
    });
    if (!expanded) return;
    const limit = options.limits?.get(path) ?? CHILD_LIMIT;
    for (const [key, next] of children.slice(0, limit))
      add(next, joinPath(path, key), String(key), depth + 1);
    const hidden = children.length - limit;
    if (hidden > 0) rows.push({ ...moreRow(path, depth + 1), hidden });
  };
  add(value, options.root ?? "", "", 0);
  return rows;
}

const moreRow = (path: string, depth: number): TreeRow => ({
  path,
  depth,
  name: "",
  kind: "missing",
  preview: "",
  expandable: false,
  expanded: false,
  value: undefined,
});

/** The path of a child: `a.b`, `a[0]`, `a["odd name"]`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

export function kindOf(value: unknown): ValueKind {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const kind = typeof value;
  return kind === "string" || kind === "number" || kind === "boolean" ? kind : "object";
}

/** One line that says what the value is. */
export function preview(value: unknown): string {
  switch (kindOf(value)) {
    case "missing":
      return "undefined";
    case "string":
      return JSON.stringify(cut(String(value), TEXT_LIMIT));
    case "array":
      return `[${(value as unknown[]).length}]`;
    case "object": {
      const shown: string[] = [];
      let length = 0;
      for (const [name, child] of Object.entries(value as object)) {
        const part = `${name}: ${short(child)}`;
        if (length + part.length > PREVIEW_LIMIT) {
          shown.push("…");
          break;
        }
        shown.push(part);
        length += part.length + 2;
      }
      return shown.length === 0 ? "{}" : `{ ${shown.join(", ")} }`;
    }
    default:
      return String(value);
  }
}

/** What goes to the clipboard: a text as it is, anything else as JSON. */
export function copyText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "undefined");
}

/** True when the text stands anywhere in a value's keys or scalars, whatever the case. */
export function contains(value: unknown, text: string): boolean {
  const wanted = text.toLowerCase();
  const search = (child: unknown, depth: number): boolean => {
    if (typeof child !== "object" || child === null) return String(child).toLowerCase().includes(wanted);
    if (depth > 20) return false;
    return Object.entries(child).some(
      ([name, next]) =>
        (!Array.isArray(child) && name.toLowerCase().includes(wanted)) || search(next, depth + 1),
    );
  };
  return wanted === "" || search(value, 0);
}

function childrenOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((child, index) => [index, child] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function short(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cut(value, 24));
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0 ? "{}" : "{…}";
  return String(value);
}

const cut = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit)}…` : text;
