// The colour of a node type: its own, or that of its category.
const TONES = new Set("blue teal cyan green lime yellow orange red pink grape violet indigo gray".split(" "));

const BY_CATEGORY: Readonly<Record<string, string>> = {
  flow: "blue",
  function: "orange",
  network: "teal",
  storage: "indigo",
  files: "lime",
  parser: "cyan",
  bot: "pink",
  example: "green",
};

/** A CSS value for the tone of a type. */
export function toneOf(color: string | undefined, category: string | undefined): string {
  const own = color !== undefined && TONES.has(color) ? color : undefined;
  const tone = own ?? (category === undefined ? undefined : BY_CATEGORY[category]) ?? "gray";
  return `var(--mr-tone-${tone})`;
}
