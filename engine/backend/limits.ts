// What the backends keep at most, so that nothing grows without bound.

/**
 * A producer is known by its high-water mark in each stream. Beyond so many producers of one stream, those that were
 * silent for `PRODUCER_SILENT_MS` are forgotten: without a limit, every restart of an engine would leave one for ever.
 */
export const PRODUCERS_KEPT = 1024;
export const PRODUCER_SILENT_MS = 7 * 24 * 3600_000;
/** Never more than this: the longest silent go first. */
export const PRODUCERS_LIMIT = 8192;

/**
 * On a cluster, a stream knows by marks which effects of commits in other slots it has already. A commit that is
 * repeated later than this, or after so many others, may append them again.
 */
export const EFFECT_MARKS_KEPT = 100_000;
export const EFFECT_MARKS_MS = 3600_000;

/** Revisions kept of one flow; older ones are forgotten. */
export const REVISIONS_KEPT = 1000;
