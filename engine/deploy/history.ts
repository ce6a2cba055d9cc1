// What the last revisions of a flow said of its durable topics: an earlier deploy may have left something of theirs. A
// revision never changes, so each is read once.
import type { RevisionStore } from "../backend/backend.ts";
import { type Reading, readingsOf } from "./readings.ts";

/** How many revisions back is looked. */
const LOOK_BACK = 16;

type Readings = ReadonlyMap<string, Reading>;

export class History {
  readonly #flow: string;
  readonly #revisions: RevisionStore;
  readonly #known = new Map<number, Readings>();

  constructor({ flow, revisions }: { readonly flow: string; readonly revisions: RevisionStore }) {
    this.#flow = flow;
    this.#revisions = revisions;
  }

  /** Up to revision `newest`, that one first; not for ever back. */
  async *back(newest: number): AsyncGenerator<Readings> {
    const oldest = Math.max(1, newest - LOOK_BACK + 1);
    for (const revision of this.#known.keys()) if (revision < oldest) this.#known.delete(revision);
    for (let revision = newest; revision >= oldest; revision--) {
      const readings = this.#known.get(revision) ?? (await this.#read(revision));
      if (!readings) return;
      yield readings;
    }
  }

  /** The numbers begin anew. */
  forget(): void {
    this.#known.clear();
  }

  async #read(revision: number): Promise<Readings | undefined> {
    const stored = await this.#revisions.get(this.#flow, revision);
    if (!stored) return undefined;
    const readings = readingsOf(JSON.parse(stored.bundle).flow);
    this.#known.set(revision, readings);
    return readings;
  }
}
