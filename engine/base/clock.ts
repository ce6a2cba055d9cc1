// The real clock.
import type { Clock } from "@millrace/sdk";

export type { Clock, ClockTimer } from "@millrace/sdk";

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647)).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
