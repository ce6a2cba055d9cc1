// Numbers as the canvas shows them.

/** At most four characters: `0.3`, `12`, `1.5k`, `230k`, `4M`. */
export function short(value: number): string {
  if (value >= 999_500) return `${trim(value / 1_000_000)}M`;
  if (value >= 999.5) return `${trim(value / 1_000)}k`;
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

function trim(value: number): string {
  return value >= 9.95 ? String(Math.round(value)) : String(Number(value.toFixed(1)));
}

/** How full a topic is: amber from 70 % of its limit, red from 90 %. */
export function fullness(waiting: number, limit: number): "low" | "high" | "full" {
  if (limit <= 0) return "low";
  const share = waiting / limit;
  return share >= 0.9 ? "full" : share >= 0.7 ? "high" : "low";
}
