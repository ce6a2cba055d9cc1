// Counter leases: who may do what only one engine may do. No clock and no expiry is trusted: a holder counts beats, and
// another engine may take over only when it has itself seen, by its own monotonic clock, that the count stood still.
// Every change of hands raises the epoch, and effects carry the epoch they were caused under (Fence).

/** A lease in the slot of a flow, or, without one, in none in particular (members). */
export interface LeaseAddress {
  readonly flow: string | undefined;
  readonly name: string;
}

/** As it stands in the backend. In Redis: a hash `owner`, `epoch`, `beat` at the key that keys.ts gives. */
export interface LeaseState {
  /** Empty: nobody's. */
  readonly owner: string;
  /** Counts changes of hands; only grows, also over releases. 0: never held. */
  readonly epoch: number;
  /** Counts the holder's beats since it took the lease. */
  readonly beat: number;
}

/** "Caused while this lease was held in this epoch": effects with a fence of the past are refused by the backend. */
export interface Fence {
  readonly lease: LeaseAddress;
  readonly epoch: number;
}

export interface LeaseStore {
  /** Several at once, in order; `{ owner: "", epoch: 0, beat: 0 }` for one that never was. */
  read(leases: readonly LeaseAddress[]): Promise<LeaseState[]>;
  /**
   * Takes the lease if nobody holds it, or if it still stands exactly as `seen` (the caller knows that it has stood so
   * for long enough). Answers how it stands afterwards: it was taken when `owner` is the caller. Who holds it already
   * keeps it as it is, so repeating is safe: owners are named so that no two ever share a name.
   */
  take(lease: LeaseAddress, owner: string, seen: LeaseState): Promise<LeaseState>;
  /** One more beat for each that the owner still holds in that epoch; false where it does not any more. */
  beat(owner: string, held: readonly { lease: LeaseAddress; epoch: number }[]): Promise<boolean[]>;
  /** Gives it back at once, keeping the epoch. Nothing happens when the owner does not hold it in that epoch. */
  release(owner: string, lease: LeaseAddress, epoch: number): Promise<void>;
  /** Forgets the lease, if it still stands as `seen`. For members that are gone. */
  forget(lease: LeaseAddress, seen: LeaseState): Promise<void>;
}
