// What a failed request is answered with: the catalogue's error as JSON, never a stack.
import type { ServerResponse } from "node:http";
import { internalFailure } from "../base/errors/admin.ts";
import { MillraceError } from "../base/errors/error.ts";
import type { Logger } from "../base/logger.ts";

/** `{ error: { code, message, …place }, …details }`, with the error's status. Unknown errors are logged. */
export function answerFailure(response: ServerResponse, thrown: unknown, logger: Logger): void {
  const error = thrown instanceof MillraceError ? thrown : internalFailure(undefined, { cause: thrown });
  if (error.status >= 500) {
    const cause = error.cause instanceof Error ? error.cause : error;
    logger.error(error === thrown ? error.message : cause.message, { code: error.code, stack: cause.stack });
  }
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error.status === 401) response.setHeader("www-authenticate", "Bearer");
  if (typeof error.details.retryAfter === "number") {
    response.setHeader("retry-after", error.details.retryAfter);
  }
  if (error.status === 413) response.setHeader("connection", "close");
  response.statusCode = error.status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.end(
    JSON.stringify({
      ...error.details,
      error: { code: error.code, message: error.message, ...error.place },
    }),
  );
}
