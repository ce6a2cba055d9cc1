// The bounds of what a script may do and say. Constants on purpose: a script that meets one should change.

/** A batch gives way after this long, so that a slow but fine batch is never taken for an endless one. */
export const SLICE_MS = 25;
/** Messages that one message may send. */
export const MAX_EMITS = 10_000;
/** Timers a script may have waiting at once. */
export const MAX_TIMERS = 1_000;
/** State requests that may wait for an answer at once. */
export const MAX_STATE_REQUESTS = 10_000;
/** Log lines between two looks of the runner; more are counted. */
export const MAX_LOG_LINES = 1_000;
/** Notes of all kinds between two looks of the runner. */
export const MAX_NOTES = 20_000;
/** Characters of a log line or an error's sentence. */
export const MAX_TEXT = 8_192;
export const MAX_STACK = 4_096;
