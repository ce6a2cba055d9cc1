// Whether and when a request is tried again. Pure.

const FIRST_MS = 200;
const LONGEST_MS = 10_000;
const LONGEST_RETRY_AFTER_MS = 60_000;
/** Statuses by which a server says that it did not begin. */
const NOT_BEGUN = new Set([429, 503]);

export interface Tried {
  readonly method: string;
  /** The same request twice does no harm, whatever the method. */
  readonly repeatable: boolean;
  /** 1 after the first try. */
  readonly tries: number;
  readonly retries: number;
  readonly statuses: readonly number[];
  /** What came of it: an answer; or none, and whether a connection was made at all. */
  readonly outcome:
    | { readonly status: number; readonly retryAfter: string | undefined }
    | { readonly connected: boolean };
}

/** Milliseconds to wait before the next try; undefined: this was the last. `random`: 0 up to 1. */
export function retryDelay(tried: Tried, now: number, random: number): number | undefined {
  const { outcome, tries } = tried;
  if (tries > tried.retries) return undefined;
  const repeatable = tried.repeatable || (tried.method !== "POST" && tried.method !== "PATCH");
  const backoff = Math.min(FIRST_MS * 2 ** (tries - 1), LONGEST_MS) * (0.5 + random / 2);
  if (!("status" in outcome)) return repeatable || !outcome.connected ? backoff : undefined;
  if (!tried.statuses.includes(outcome.status)) return undefined;
  if (!repeatable && !NOT_BEGUN.has(outcome.status)) return undefined;
  const asked = outcome.retryAfter === undefined ? undefined : readRetryAfter(outcome.retryAfter, now);
  if (asked === undefined) return backoff;
  return asked <= LONGEST_RETRY_AFTER_MS ? asked : undefined;
}

/** Retry-After in milliseconds from now: seconds, or a date. */
function readRetryAfter(text: string, now: number): number | undefined {
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
