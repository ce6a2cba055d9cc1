// How errors and problems are made. Each error of the catalogue is one `defineError`, beside others of its area.

/** Where in a user's documents something is. `path` is a JSON Pointer into the flow. */
export interface Place {
  readonly file?: string;
  readonly flow?: string;
  readonly node?: string;
  readonly path?: string;
}

/** Something about a user's document that should be known. Errors refuse a deploy, warnings tell. */
export interface Problem {
  readonly severity: "error" | "warning";
  /** From the catalogue: `area/what`. */
  readonly code: string;
  readonly message: string;
  /** JSON Pointer into the flow; "" is the whole document. */
  readonly path: string;
  readonly node?: string;
  readonly file?: string;
  /** Lines count from 1; of `file` when given, otherwise of the flow file. */
  readonly line?: number;
  readonly column?: number;
}

export class MillraceError extends Error {
  readonly code: string;
  readonly place: Place;
  /** HTTP status that says the same. */
  readonly status: number;
  /** Further facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: {
    code: string;
    message: string;
    status: number;
    place?: Place;
    cause?: unknown;
    details?: Record<string, unknown>;
  }) {
    super(options.message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "MillraceError";
    this.code = options.code;
    this.status = options.status;
    this.place = options.place ?? {};
    this.details = options.details ?? {};
  }
}

export interface ErrorSpec<P> {
  /** `area/what`, for ever. */
  readonly code: string;
  /** HTTP status; default 500. */
  readonly status?: number;
  readonly severity?: "error" | "warning";
  /** For docs/errors.md: when it happens and what to do, in a sentence or two. */
  readonly explain: string;
  /** What is wrong, with the value in quotes, then what to do. */
  readonly message: (parts: P) => string;
}

/** One entry of the catalogue: call it for an error to throw, or ask it for a problem of a document. */
export interface ErrorMaker<P> {
  (parts: P, options?: { place?: Place; cause?: unknown; details?: Record<string, unknown> }): MillraceError;
  readonly spec: ErrorSpec<P>;
  problem(
    parts: P,
    where: { path: string; node?: string; file?: string; line?: number; column?: number },
  ): Problem;
}

export function defineError<P>(spec: ErrorSpec<P>): ErrorMaker<P> {
  const make = (
    parts: P,
    options: { place?: Place; cause?: unknown; details?: Record<string, unknown> } = {},
  ) =>
    new MillraceError({
      code: spec.code,
      message: spec.message(parts),
      status: spec.status ?? 500,
      ...options,
    });
  return Object.assign(make, {
    spec,
    problem: (
      parts: P,
      where: { path: string; node?: string; file?: string; line?: number; column?: number },
    ) => ({
      severity: spec.severity ?? ("error" as const),
      code: spec.code,
      message: spec.message(parts),
      ...where,
    }),
  });
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
}

/** The sentence of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
