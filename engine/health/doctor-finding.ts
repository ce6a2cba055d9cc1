// What the doctor found: one invariant, whether it holds, in a sentence with what to do.

export interface Finding {
  /** Which invariant: for programs. */
  readonly check: string;
  readonly level: "ok" | "warning" | "violated";
  readonly text: string;
  /** What it is about, one by one. */
  readonly items: readonly string[];
}

/** Lists are cut at so many; the sentence says how many there are. */
const MOST_ITEMS = 20;

export function finding(
  check: string,
  level: Finding["level"],
  text: string,
  items: readonly string[] = [],
): Finding {
  const shown = items.slice(0, MOST_ITEMS);
  const more = items.length - shown.length;
  return { check, level, text, items: more > 0 ? [...shown, `and ${more} more`] : shown };
}

/** Well when there are no items. */
export function judge(
  check: string,
  options: {
    readonly items: readonly string[];
    readonly level: "warning" | "violated";
    readonly well: string;
    readonly ill: string;
  },
): Finding {
  const { items, level, well, ill } = options;
  return items.length === 0 ? finding(check, "ok", well) : finding(check, level, ill, items);
}
