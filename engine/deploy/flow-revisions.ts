// The stored revisions of one flow: looked up, and added to by compare-and-set.
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

export class FlowRevisions {
  readonly #flow: string;
  readonly #store: RevisionStore;
  readonly #clock: Clock;

  constructor(options: { readonly flow: string; readonly store: RevisionStore; readonly clock: Clock }) {
    this.#flow = options.flow;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  newest(): Promise<StoredRevision | undefined> {
    return this.#store.newest(this.#flow);
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
    const stored = await this.#store.append(this.#flow, base, this.#revisionOf(draft));
    if (stored !== undefined) return stored;
    throw staleRevision({ flow: this.#flow, base, newest: (await this.newest())?.revision ?? 0 });
  }

  /** Stores again what the backend has lost; undefined when it has some revision by now. */
  restore(revision: number, bundle: FlowBundle, content: string): Promise<number | undefined> {
    const note = `As revision ${revision}, which the backend had lost`;
    const next = this.#revisionOf({ bundle, content, author: "engine", note });
    return this.#store.append(this.#flow, revision, next, { restore: true });
  }

  #revisionOf({ bundle, content, author, note }: Draft): Omit<StoredRevision, "revision"> {
    return { time: this.#clock.now(), author, note, content, bundle: JSON.stringify(bundle) };
  }
}
