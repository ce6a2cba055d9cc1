// Cron expressions, by croner.
import { Cron } from "croner";

/** The next due times after `from`. Throws an Error that names the expression when it is none. */
export function nextRuns(
  expression: string,
  options: { timezone?: string; from?: Date; count?: number } = {},
): Date[] {
  try {
    const cron = new Cron(expression, {
      paused: true,
      ...(options.timezone ? { timezone: options.timezone } : {}),
    });
    return cron.nextRuns(options.count ?? 1, options.from);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `"${expression}" is not a cron expression: ${reason}. Write minute, hour, day, month, weekday, for example "0 8 * * 1-5".`,
      { cause: error },
    );
  }
}
