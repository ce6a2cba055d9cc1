// How long to wait before the next try.
import type { Retry } from "../flow/plan.ts";

/** Doubles from the least to the most, with up to 20 % less by `chance` (0 to 1), so that many do not meet again. */
export function retryDelayMs(retry: Retry, failedAttempts: number, chance: number): number {
  const grown = retry.minDelayMs * 2 ** Math.min(failedAttempts - 1, 30);
  return Math.min(grown, retry.maxDelayMs) * (1 - 0.2 * chance);
}
