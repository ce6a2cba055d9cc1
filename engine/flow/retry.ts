// Retries and backoff as the plan knows them.
import type { RetryDocument } from "./document.ts";
import { durationMs } from "./names.ts";
import type { Retry } from "./plan.ts";

/** What a stream topic does when it says nothing. */
export const STREAM_RETRY: Retry = { attempts: 5, minDelayMs: 200, maxDelayMs: 30_000 };

/** First and last delay of `200ms` or `200ms..30s`, or undefined when it is neither. */
export function parseBackoff(text: string): { minDelayMs: number; maxDelayMs: number } | undefined {
  const [first, last, ...more] = text.split("..");
  const minDelayMs = durationMs(first);
  const maxDelayMs = last === undefined ? minDelayMs : durationMs(last);
  return minDelayMs === undefined || maxDelayMs === undefined || more.length > 0
    ? undefined
    : { minDelayMs, maxDelayMs };
}

/** The retry that a document says, on top of what holds without it. */
export function planRetry(retry: RetryDocument, without: Retry = STREAM_RETRY): Retry {
  const delays = retry.backoff === undefined ? undefined : parseBackoff(retry.backoff);
  return { ...without, ...delays, attempts: retry.attempts ?? without.attempts };
}
