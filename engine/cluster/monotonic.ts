// Time that only goes forward, and is the same in all threads of the process. No wall clock is asked anywhere here.

/** Milliseconds since some moment of the past. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
