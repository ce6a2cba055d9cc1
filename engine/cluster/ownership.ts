// The port by which everything that only one engine may do at a time is shared out: singletons (one part), shards and
// partitions (many). Which engine has which part follows the engines that are there; a part is moved by a hand-over
// where both live, and taken after the lease's time where one died.
import type { Fence } from "../backend/leases.ts";

export interface PartHolder {
  /** The part is this engine's from now on. Effects caused for it carry the fence. */
  gained(part: number, fence: Fence): void;
  /**
   * The part goes to another engine. While the promise is pending the lease is still held (planned hand-over: finish
   * what is under way, bounded by the caller's drain time). When the lease was lost already, the signal is aborted:
   * drop everything, nothing of it will be accepted.
   */
  lost(part: number, signal: AbortSignal): Promise<void>;
}

export interface Ownership {
  /**
   * Takes part in sharing out the parts 0 … count-1 of a name within a flow, with all engines that ask for the same.
   * Disposing hands all parts over at once.
   */
  share(what: { flow: string; name: string; count: number }, holder: PartHolder): AsyncDisposable;
}
