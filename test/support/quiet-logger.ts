// A logger that keeps its lines for the test to look at.
import { createLogger, type Logger, type LogLine } from "../../engine/base/logger.ts";

export function quietLogger(): { logger: Logger; lines: LogLine[] } {
  const logger = createLogger({ level: "trace", json: true, write: () => undefined });
  const lines: LogLine[] = [];
  logger.onLine((line) => lines.push(line));
  return { logger, lines };
}
