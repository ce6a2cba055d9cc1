// Durations as people write them: "250ms", "5s", "2m", "1h", "1d".
import { Type } from "typebox";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A config field that holds a duration. */
export function Duration(options: { default?: string; title?: string; description?: string } = {}) {
  return Type.String({ ...options, pattern: "^\\d+(\\.\\d+)?(ms|s|m|h|d)$", "x-widget": "duration" });
}

/** Milliseconds of a duration. Throws a RangeError that names the value when it is none. */
export function parseDuration(text: string): number {
  const match = PATTERN.exec(text.trim());
  const unit = match?.[2] as keyof typeof UNITS | undefined;
  if (!match || !unit) {
    throw new RangeError(
      `"${text}" is not a duration. Write a number and ms, s, m, h or d, for example "5s".`,
    );
  }
  return Number(match[1]) * UNITS[unit];
}

/** The shortest way to write `ms`: 90_000 is "1.5m". */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    const value = ms / UNITS[unit];
    if (value >= 1) return `${Number(value.toFixed(2))}${unit}`;
  }
  return `${Math.round(ms)}ms`;
}
