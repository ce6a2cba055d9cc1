// How the process of an engine ends: drained at the first signal, at once at the second, or when its launcher died.
import type { Logger } from "../base/logger.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves when the engine has drained and closed. A launcher (bin.mjs on an older Node) passes signals on as messages:
 * the same Ctrl+C arrives from it and from the terminal, so the second is counted for each of the two by itself.
 */
export async function untilStopped(engine: AsyncDisposable, tell: (text: string) => void): Promise<void> {
  const signalled = Promise.withResolvers<void>();
  let isStopping = false;
  const stopper = () => {
    let count = 0;
    return () => {
      count += 1;
      if (count > 1) process.exit(1);
      if (isStopping) return;
      isStopping = true;
      tell("Stopping: waiting for what is in flight. Signal again to stop at once.");
      signalled.resolve();
    };
  };
  const onSignal = stopper();
  const onSignalMessage = stopper();
  const onMessage = (message: unknown) => {
    if (signals.some((signal) => signal === message)) onSignalMessage();
  };
  const onOrphaned = () => process.exit(1);
  for (const signal of signals) process.on(signal, onSignal);
  if (process.env.MILLRACE_LAUNCHED) {
    if (process.connected === false) onOrphaned(); // the launcher died while the engine started
    process.on("disconnect", onOrphaned);
    process.on("message", onMessage);
    process.send?.("signals-as-messages", () => {});
  }
  await signalled.promise;
  await engine[Symbol.asyncDispose](); // the second signal must still be heard meanwhile
  for (const signal of signals) process.off(signal, onSignal);
  process.off("disconnect", onOrphaned);
  process.off("message", onMessage);
}

/** What nobody caught is logged with its stack, and the engine goes on: one node's slip is not everyone's end. */
export function logStrayErrors(logger: Logger): Disposable {
  const log = (error: unknown, text: string) =>
    logger.error(
      text,
      error instanceof Error ? { stack: error.stack ?? error.message } : { error: String(error) },
    );
  const onException = (error: unknown) => log(error, "An error was thrown where nobody could catch it.");
  const onRejection = (error: unknown) => log(error, "A promise was rejected and nobody awaited it.");
  const onClosedPipe = () => {}; // nobody reads the output any more
  process.on("uncaughtException", onException);
  process.on("unhandledRejection", onRejection);
  process.stdout.on("error", onClosedPipe);
  return {
    [Symbol.dispose]() {
      process.off("uncaughtException", onException);
      process.off("unhandledRejection", onRejection);
      process.stdout.off("error", onClosedPipe);
    },
  };
}
