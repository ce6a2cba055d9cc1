// How a topic sees what reads it for one node: all of a stream, or the parts of a divided one that this engine has.
import type { Inbox } from "./inbox.ts";

export interface EntryReader {
  readonly inboxCount: number;
  addInbox(inbox: Inbox): void;
  removeInbox(inbox: Inbox): void;
  /** Begins to read, or goes on. Nothing is read before. */
  resume(): void;
  /** Reads no more; what is under way goes on, and is still this reader's. */
  pause(): void;
  /** The backend was away: entries may have been handed out in a reply that never came. */
  recheckPending(): void;
  /** The consumer is gone for good. True when it is known that nothing is left of what it held. */
  takeOver(consumer: string, isNew: boolean): boolean;
  /** Takes nothing more. Resolves when nothing of it is under way, at the latest when `abandon` is called. */
  stop(): Promise<void>;
  /** Gives up what is still under way: nothing of it will be committed, and its entries come again. */
  abandon(): void;
}
