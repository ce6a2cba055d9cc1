// What became of a stream's messages at one node on this engine. Plain numbers that cost nothing: they are looked at
// when someone asks. Every way in which a message can come twice, late or not at all has one of its own.

export interface StreamCounts {
  /** Entries read as new. */
  taken: number;
  /** Entries found among the own pending ones: after a broken read, a restart, a refused commit. */
  redelivered: number;
  /** Entries taken over from engines that are gone. */
  claimed: number;
  /** Entries that had failed and were taken up again. */
  retried: number;
  /** Trees whose effects are in the backend. */
  committed: number;
  /** Trees that the backend refused: the entry or a lease was another engine's by then, or state had changed. */
  fenced: number;
  /** Trees that rested on one that was refused. */
  undone: number;
  /** Entries given up without a verdict: a deploy or a stop did not wait any longer. They come again. */
  abandoned: number;
  /** Failures after which the entry was put aside to be tried again. */
  deferred: number;
  /** Entries given up to the dead-letter topic. */
  deadLettered: number;
  /** Entries given up for good: their topic has no dead-letter topic. */
  discarded: number;
  /** Of the entries given up, those that could not be read. */
  unreadable: number;
  /** Of the entries given up, those whose handling ended the process again and again. */
  crashed: number;
}

export function noCounts(): StreamCounts {
  return {
    taken: 0,
    redelivered: 0,
    claimed: 0,
    retried: 0,
    committed: 0,
    fenced: 0,
    undone: 0,
    abandoned: 0,
    deferred: 0,
    deadLettered: 0,
    discarded: 0,
    unreadable: 0,
    crashed: 0,
  };
}
