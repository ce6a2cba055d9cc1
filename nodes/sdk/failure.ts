// An error that says more than its sentence: a code for programs, and whether trying again can help.

export class Failure extends Error {
  /** Stable and machine-readable, for example `http/timeout`. */
  readonly code: string;
  /** False when another attempt with the same input must fail too: the delivery is not retried. */
  readonly retry: boolean;

  constructor(message: string, options: { code?: string; retry?: boolean; cause?: unknown } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "Failure";
    this.code = options.code ?? "node/failed";
    this.retry = options.retry ?? true;
  }
}
