// Leases in SQLite. The data folder is one process's alone, so nobody else ever takes one; the epochs still tell the
// runs of an engine apart.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LeaseAddress, LeaseState, LeaseStore } from "../leases.ts";
import type { Writer } from "./writer.ts";

const NEVER_HELD: LeaseState = { owner: "", epoch: 0, beat: 0 };

// Beside the format of the other tables: a database of before gets it when it is opened.
const TABLE = `CREATE TABLE IF NOT EXISTS leases (flow TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
  epoch INTEGER NOT NULL, beat INTEGER NOT NULL, PRIMARY KEY (flow, name)) WITHOUT ROWID`;

export class EmbeddedLeases implements LeaseStore {
  readonly #writer: Writer;
  readonly #get: StatementSync;
  readonly #set: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    database.exec(TABLE);
    this.#get = database.prepare("SELECT owner, epoch, beat FROM leases WHERE flow = ? AND name = ?");
    this.#set = database.prepare(
      "INSERT INTO leases (flow, name, owner, epoch, beat) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET owner = ?3, epoch = ?4, beat = ?5",
    );
    this.#delete = database.prepare("DELETE FROM leases WHERE flow = ? AND name = ?");
  }

  read(leases: readonly LeaseAddress[]): Promise<LeaseState[]> {
    return this.#writer.transact(() => leases.map((lease) => this.current(lease)));
  }

  take(lease: LeaseAddress, owner: string, seen: LeaseState): Promise<LeaseState> {
    return this.#writer.transact(() => {
      const current = this.current(lease);
      if (current.owner === owner || (current.owner !== "" && !same(current, seen))) return current;
      const taken = { owner, epoch: current.epoch + 1, beat: 0 };
      this.#write(lease, taken);
      return taken;
    });
  }

  beat(owner: string, held: readonly { lease: LeaseAddress; epoch: number }[]): Promise<boolean[]> {
    return this.#writer.transact(() =>
      held.map(({ lease, epoch }) => {
        const current = this.current(lease);
        if (current.owner !== owner || current.epoch !== epoch) return false;
        this.#write(lease, { ...current, beat: current.beat + 1 });
        return true;
      }),
    );
  }

  release(owner: string, lease: LeaseAddress, epoch: number): Promise<void> {
    return this.#writer.transact(() => {
      const current = this.current(lease);
      if (current.owner === owner && current.epoch === epoch) {
        this.#write(lease, { owner: "", epoch, beat: 0 });
      }
    });
  }

  forget(lease: LeaseAddress, seen: LeaseState): Promise<void> {
    return this.#writer.transact(() => {
      if (same(this.current(lease), seen)) this.#delete.run(lease.flow ?? "", lease.name);
    });
  }

  /** Inside a transaction: how the lease stands, for whoever checks a fence. */
  current(lease: LeaseAddress): LeaseState {
    const row = this.#get.get(lease.flow ?? "", lease.name);
    if (!row) return NEVER_HELD;
    return { owner: String(row.owner), epoch: Number(row.epoch), beat: Number(row.beat) };
  }

  #write(lease: LeaseAddress, { owner, epoch, beat }: LeaseState): void {
    this.#set.run(lease.flow ?? "", lease.name, owner, epoch, beat);
  }
}

function same(left: LeaseState, right: LeaseState): boolean {
  return left.owner === right.owner && left.epoch === right.epoch && left.beat === right.beat;
}
