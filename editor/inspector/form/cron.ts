// A cron expression in words, and what is wrong with one. Five fields, or six with seconds first. Pure. The engine
// decides what runs; this is a help while writing.

interface FieldKind {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const MONTH_NAMES =
  "January February March April May June July August September October November December".split(" ");
const DAY_NAMES = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const FIELDS: readonly FieldKind[] = [
  { name: "second", min: 0, max: 59 },
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, words: MONTHS },
  { name: "weekday", min: 0, max: 7, words: DAYS },
];
const ALIASES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

export type CronProblem =
  | { readonly kind: "count"; readonly part: string }
  | { readonly kind: "part"; readonly part: string };

/** The first thing that is wrong with an expression, or null. */
export function cronProblem(expression: string): CronProblem | null {
  const fields = split(expression);
  if (!fields) return { kind: "count", part: String(expression.trim().split(/\s+/).length) };
  const wrong = fields.find((field, index) => !fits(field, FIELDS[index]));
  return wrong === undefined ? null : { kind: "part", part: wrong };
}

/** The expression in words; null when it is none. */
export function describeCron(expression: string): string | null {
  const fields = split(expression);
  if (!fields || cronProblem(expression) !== null) return null;
  const [second = "0", minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] = fields;
  const parts = [time(second, minute, hour)];
  if (!any(weekday)) parts.push(`on ${list(weekday, (value) => named(value, DAYS, DAY_NAMES, 0))}`);
  if (!any(day))
    parts.push(`${any(weekday) ? "on" : "or on"} day ${list(day, (value) => value)} of the month`);
  if (!any(month)) parts.push(`in ${list(month, (value) => named(value, MONTHS, MONTH_NAMES, 1))}`);
  return `${parts.join(", ")}.`;
}

const any = (field: string): boolean => field === "*" || field === "?";

function split(expression: string): string[] | null {
  const text = ALIASES[expression.trim().toLowerCase()] ?? expression.trim();
  const fields = text.split(/\s+/);
  if (fields.length === 5) return ["0", ...fields];
  return fields.length === 6 ? fields : null;
}

function fits(field: string, kind: FieldKind | undefined): boolean {
  if (!kind) return false;
  return field.split(",").every((item) => {
    const [range = "", step, ...rest] = item.split("/");
    if (rest.length > 0 || (step !== undefined && !(Number(step) >= 1))) return false;
    if (any(range) || (kind.name === "day" && /^(L|W|\d+W|LW)$/i.test(range))) return true;
    if (kind.name === "weekday" && /^\w+(#[1-5L]|L)$/i.test(range)) return true;
    const ends = range.split("-");
    return ends.length <= 2 && ends.every((end) => number(end, kind) !== undefined);
  });
}

function number(text: string, kind: FieldKind): number | undefined {
  const word = kind.words?.indexOf(text.toLowerCase().slice(0, 3)) ?? -1;
  if (word >= 0 && /^[a-z]+$/i.test(text)) return word + kind.min;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= kind.min && value <= kind.max ? value : undefined;
}

function time(second: string, minute: string, hour: string): string {
  const exact = [second, minute, hour].every((field) => /^\d+$/.test(field));
  if (exact) return `At ${pad(hour)}:${pad(minute)}${second === "0" ? "" : `:${pad(second)}`}`;
  const parts: string[] = [];
  if (second !== "0") parts.push(every(second, "second"));
  if (!(any(minute) && second !== "0")) parts.push(every(minute, "minute"));
  if (!any(hour)) parts.push(every(hour, "hour"));
  const words = parts.join(" of ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function every(field: string, unit: string): string {
  if (any(field)) return `every ${unit}`;
  const step = /^(?:\*|0)\/(\d+)$/.exec(field)?.[1];
  if (step !== undefined) return step === "1" ? `every ${unit}` : `every ${step} ${unit}s`;
  return `${unit} ${list(field, (value) => value)}`;
}

function list(field: string, name: (value: string) => string): string {
  const items = field.split(",").map((item) => {
    const [range = "", step] = item.split("/");
    const words = any(range) ? "any" : range.split("-").map(name).join(" to ");
    return step === undefined ? words : `${words} in steps of ${step}`;
  });
  return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${items.at(-1)}` : (items[0] ?? "");
}

function named(value: string, short: readonly string[], long: readonly string[], first: number): string {
  const word = short.indexOf(value.toLowerCase().slice(0, 3));
  const index = word >= 0 ? word : Number(value) - first;
  return long[Number.isNaN(index) ? -1 : index % long.length] ?? value;
}

const pad = (value: string): string => value.padStart(2, "0");
