// Waits for what a test expects to come true, instead of for a time.
import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 10;
/** Less than any test with real servers may take, so that the sentence below is what people read. */
const WITHIN_MS = 25_000;

/** Resolves when `condition` holds. One that throws does not hold yet; what it threw last is the error's cause. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs = WITHIN_MS,
): Promise<void> {
  const began = performance.now();
  let cause: unknown;
  const holds = async () => {
    try {
      cause = undefined;
      return await condition();
    } catch (error) {
      cause = error;
      return false;
    }
  };
  while (!(await holds())) {
    if (performance.now() - began > withinMs) {
      throw new Error(`This did not come true within ${withinMs / 1000} s: ${condition}`, { cause });
    }
    await pause(LOOK_EVERY_MS);
  }
}
