// The stored revisions of one flow: looked up, and added to by compare-and-set. It remembers those it saw last, by which a
// backend that lost the newest ones is told from a flow that was removed and made anew.
import type { RevisionStore, StoredRevision } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { staleRevision, unknownRevision } from "../base/errors/deploy.ts";
import type { FlowBundle } from "../flow/index.ts";

/** What is stored of a deploy. */
export interface Draft {
  readonly bundle: FlowBundle;
  /** Its hash. */
  readonly content: string;
  readonly author: string;
  readonly note: string;
}

/** So many it remembers. */
const REMEMBERED = 64;

export class FlowRevisions {
  readonly #flow: string;
  readonly #store: RevisionStore;
  readonly #clock: Clock;
  /** When each was stored, and what it says. */
  readonly #seen = new Map<number, string>();

  constructor(options: { readonly flow: string; readonly store: RevisionStore; readonly clock: Clock }) {
    this.#flow = options.flow;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  newest(): Promise<StoredRevision | undefined> {
    return this.#store.newest(this.#flow);
  }

  /** To be told of each that comes to run. */
  saw(stored: StoredRevision): void {
    this.#see(stored.revision, stored);
  }

  /** Whether it is the one that was seen under its number. */
  isSameAsBefore(stored: StoredRevision): boolean {
    return this.#seen.get(stored.revision) === markOf(stored);
  }

  /** The numbers begin anew. */
  forget(): void {
    this.#seen.clear();
  }

  /** Throws `deploy/unknown-revision`. */
  async get(revision: number): Promise<StoredRevision> {
    const stored = await this.#store.get(this.#flow, revision);
    if (!stored) throw unknownRevision({ flow: this.#flow, revision });
    return stored;
  }

  /** Whether some kept revision has this content. */
  async isKnown(content: string): Promise<boolean> {
    return (await this.#store.list(this.#flow)).some((revision) => revision.content === content);
  }

  /** Whether this revision has this content. */
  async says(revision: number, content: string): Promise<boolean> {
    return (await this.#store.get(this.#flow, revision))?.content === content;
  }

  /** The number of the new revision. Throws `deploy/stale-revision` when `base` is not the newest any more. */
  async append(base: number, draft: Draft): Promise<number> {
    const stored = await this.tryAppend(base, draft);
    if (stored !== undefined) return stored;
    throw staleRevision({ flow: this.#flow, base, newest: (await this.newest())?.revision ?? 0 });
  }

  /** The same, undefined when `base` is not the newest. */
  async tryAppend(base: number, draft: Draft): Promise<number | undefined> {
    const next = this.#revisionOf(draft);
    const stored = await this.#store.append(this.#flow, base, next);
    if (stored !== undefined) this.#see(stored, next);
    return stored;
  }

  /** Stores again what the backend has lost; undefined when it has some revision by now. */
  restore(revision: number, bundle: FlowBundle, content: string): Promise<number | undefined> {
    const next = this.#revisionOf({ bundle, content, ...lostBefore(revision) });
    return this.#store.append(this.#flow, revision, next, { restore: true });
  }

  #see(revision: number, stored: Omit<StoredRevision, "revision">): void {
    this.#seen.set(revision, markOf(stored));
    this.#seen.delete(revision - REMEMBERED);
  }

  #revisionOf({ bundle, content, author, note }: Draft): Omit<StoredRevision, "revision"> {
    return { time: this.#clock.now(), author, note, content, bundle: JSON.stringify(bundle) };
  }
}

/** Who stored a revision again, and why. */
export function lostBefore(revision: number): { author: string; note: string } {
  return { author: "engine", note: `As revision ${revision}, which the backend had lost` };
}

function markOf({ time, content }: Omit<StoredRevision, "revision">): string {
  return `${time} ${content}`;
}
