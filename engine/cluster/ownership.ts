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
   * Disposing hands all parts over at once, without another call of `lost`. Calls of the holder for one part never
   * overlap: a part is gained again only after the promise of its loss has settled.
   */
  share(what: Shared, holder: PartHolder): AsyncDisposable;
  /** This engine certainly has what it holds, at this moment: to be asked right before what only a holder may do. */
  isCertain(): boolean;
  /** Which engine holds a part, for sentences; undefined: none. */
  holderOf(what: { flow: string; name: string }, part: number): Promise<string | undefined>;
}

/** What is shared out: parts 0 … count-1 of a name within a flow. */
export interface Shared {
  readonly flow: string;
  readonly name: string;
  readonly count: number;
}
