// When a worker that ended is started again, and whether in safe mode. Pure: it is told what happened, and when.

export interface RestartRules {
  /** The first pause before a start; each further one is twice as long, up to `mostPauseMs`. */
  readonly firstPauseMs: number;
  readonly mostPauseMs: number;
  /** Who lived for so long begins with the first pause again. */
  readonly steadyMs: number;
  /** So many crashes within `crashWindowMs` lead into safe mode. */
  readonly crashes: number;
  readonly crashWindowMs: number;
}

export const RESTART_RULES: RestartRules = {
  firstPauseMs: 1_000,
  mostPauseMs: 30_000,
  steadyMs: 60_000,
  crashes: 3,
  crashWindowMs: 60_000,
};

export interface WorkerHistory {
  /** When it crashed, lately; by a monotonic clock. */
  readonly crashes: readonly number[];
  /** The last pause; 0: none yet. */
  readonly pauseMs: number;
  /** It is to run in safe mode. */
  readonly safe: boolean;
}

export const NO_HISTORY: WorkerHistory = { crashes: [], pauseMs: 0, safe: false };

/**
 * How a worker ended that was not told to. `crashed`: its process broke off. `refused`: it said why it cannot start (its
 * Redis is away): flows are not to blame. `left`: it was told to stop by somebody else, and drained.
 */
export type WorkerEnd = "crashed" | "refused" | "left";

/** The history after an end, whose `pauseMs` is how long to wait before the next start. */
export function afterEnd(
  history: WorkerHistory,
  { end, at, livedMs }: { end: WorkerEnd; at: number; livedMs: number },
  rules: RestartRules,
): WorkerHistory {
  const steady = livedMs >= rules.steadyMs;
  const before = steady ? 0 : history.pauseMs;
  const pauseMs = before === 0 ? rules.firstPauseMs : Math.min(before * 2, rules.mostPauseMs);
  if (end === "left") return { ...NO_HISTORY, pauseMs: 0 };
  const recent = history.crashes.filter((crash) => at - crash < rules.crashWindowMs);
  const crashes = end === "crashed" ? [...recent, at] : recent;
  const safe = (history.safe && !steady) || crashes.length >= rules.crashes;
  return { crashes, pauseMs, safe };
}
