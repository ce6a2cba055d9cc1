// Deployed revisions in SQLite.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RevisionStore, StoredRevision } from "../backend.ts";
import { REVISIONS_KEPT } from "../limits.ts";
import type { Listeners } from "../listeners.ts";
import type { Writer } from "./writer.ts";

type Columns = ReturnType<StatementSync["get"]>;

export class EmbeddedRevisions implements RevisionStore {
  readonly #writer: Writer;
  readonly #changes: Listeners<[string]>;
  readonly #flows: StatementSync;
  readonly #newest: StatementSync;
  readonly #newestNumber: StatementSync;
  readonly #one: StatementSync;
  readonly #list: StatementSync;
  readonly #append: StatementSync;
  readonly #forget: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync, writer: Writer, changes: Listeners<[string]>) {
    this.#writer = writer;
    this.#changes = changes;
    this.#flows = database.prepare("SELECT DISTINCT flow FROM revisions ORDER BY flow");
    this.#newest = database.prepare("SELECT * FROM revisions WHERE flow = ? ORDER BY revision DESC LIMIT 1");
    this.#newestNumber = database.prepare("SELECT max(revision) AS newest FROM revisions WHERE flow = ?");
    this.#one = database.prepare("SELECT * FROM revisions WHERE flow = ? AND revision = ?");
    this.#list = database.prepare(
      "SELECT revision, time, author, note, content FROM revisions WHERE flow = ? ORDER BY revision DESC",
    );
    this.#append = database.prepare(
      "INSERT INTO revisions (flow, revision, time, author, note, content, bundle) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#forget = database.prepare("DELETE FROM revisions WHERE flow = ? AND revision <= ?");
    this.#remove = database.prepare("DELETE FROM revisions WHERE flow = ?");
  }

  flows(): Promise<string[]> {
    return this.#writer.transact(() => this.#flows.all().map((row) => String(row.flow)));
  }

  /** Inside a transaction; 0: there is none. */
  newestNumber(flow: string): number {
    return Number(this.#newestNumber.get(flow)?.newest ?? 0);
  }

  newest(flow: string): Promise<StoredRevision | undefined> {
    return this.#writer.transact(() => revisionOf(this.#newest.get(flow)));
  }

  get(flow: string, revision: number): Promise<StoredRevision | undefined> {
    return this.#writer.transact(() => revisionOf(this.#one.get(flow, revision)));
  }

  list(flow: string): Promise<Omit<StoredRevision, "bundle">[]> {
    return this.#writer.transact(() => this.#list.all(flow).map(headOf));
  }

  append(flow: string, base: number, next: Omit<StoredRevision, "revision">): Promise<number | undefined> {
    return this.#writer.transact((after) => {
      const newest = revisionOf(this.#newest.get(flow))?.revision ?? 0;
      if (newest !== base) return undefined;
      const revision = base + 1;
      this.#append.run(flow, revision, next.time, next.author, next.note, next.content, next.bundle);
      this.#forget.run(flow, revision - REVISIONS_KEPT);
      after(() => this.#changes.tell(flow));
      return revision;
    });
  }

  remove(flow: string): Promise<void> {
    return this.#writer.transact((after) => {
      this.#remove.run(flow);
      after(() => this.#changes.tell(flow));
    });
  }

  onChange(listener: (flow: string) => void): Disposable {
    return this.#changes.add(listener);
  }
}

function headOf(row: NonNullable<Columns>): Omit<StoredRevision, "bundle"> {
  return {
    revision: Number(row.revision),
    time: Number(row.time),
    author: String(row.author),
    note: String(row.note),
    content: String(row.content),
  };
}

function revisionOf(row: Columns): StoredRevision | undefined {
  return row && { ...headOf(row), bundle: String(row.bundle) };
}
