// Closes an engine in order, but not at any price: a backend that does not answer must not keep it for ever. Then the
// backend is closed under the rest, whose calls fail; what was not settled comes again.
import type { Backend } from "./backend/backend.ts";
import type { Clock, ClockTimer } from "./base/clock.ts";
import type { Owned } from "./base/disposable.ts";
import { errorText } from "./base/errors/index.ts";
import type { Logger } from "./base/logger.ts";

const LOOK_EVERY_MS = 250;
/** How long a backend that does not answer may hold up the end. */
const DOWN_MS = 5_000;
/** Beyond the drain time, for what follows it. */
const GRACE_MS = 15_000;

export async function closeEngine(
  owned: Owned,
  options: { backend: Backend; clock: Clock; log: Logger; drainTimeoutMs: number },
): Promise<void> {
  const { backend, clock, log, drainTimeoutMs } = options;
  const began = clock.monotonic();
  let downMs = 0;
  let forced = false;
  let timer: ClockTimer;
  const look = () => {
    const { up, text } = backend.health();
    downMs = up ? 0 : downMs + LOOK_EVERY_MS;
    forced = downMs >= DOWN_MS || clock.monotonic() - began > drainTimeoutMs + GRACE_MS;
    if (!forced) {
      timer = clock.schedule(LOOK_EVERY_MS, look);
      return;
    }
    log.warn(
      `Stopping without the backend, which does not answer: ${text} What was not settled comes again.`,
    );
    void Promise.resolve(backend[Symbol.asyncDispose]()).catch((error) => log.debug(errorText(error)));
  };
  timer = clock.schedule(LOOK_EVERY_MS, look);
  try {
    await owned[Symbol.asyncDispose]();
  } catch (error) {
    if (!forced) throw error;
    log.debug(`While stopping without the backend: ${errorText(error)}`);
  } finally {
    timer.cancel();
  }
}
