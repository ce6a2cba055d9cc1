// The prepared statements of the streams, and rows as what they are.
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";

const SQL = {
  findStream: "SELECT id, last FROM streams WHERE flow = ? AND topic = ?",
  makeStream: "INSERT INTO streams (flow, topic, last) VALUES (?, ?, 0)",
  keepLast: "UPDATE streams SET last = ? WHERE id = ?",
  groups: "SELECT id, name, cursor FROM groups WHERE stream = ?",
  makeGroup: "INSERT INTO groups (stream, name, cursor) VALUES (?, ?, ?)",
  moveCursor: "UPDATE groups SET cursor = ? WHERE id = ?",
  removeGroup: "DELETE FROM groups WHERE id = ?",
  handed: "SELECT id, first, last, consumer, deliveries, failures FROM handed WHERE grp = ?",
  hasGaps: "SELECT 1 FROM settled WHERE handed = ? LIMIT 1",
  hand: "INSERT INTO handed (grp, first, last, consumer, deliveries, failures) VALUES (?, ?, ?, ?, ?, ?)",
  setOwners: "UPDATE handed SET deliveries = ? WHERE id = ?",
  moveFirst: "UPDATE handed SET first = ? WHERE id = ?",
  finish: "DELETE FROM handed WHERE id = ?",
  settle: "INSERT OR IGNORE INTO settled (handed, position) VALUES (?, ?)",
  forgetSettled: "DELETE FROM settled WHERE handed = ?",
  forgetGroupSettled: "DELETE FROM settled WHERE handed IN (SELECT id FROM handed WHERE grp = ?)",
  forgetHanded: "DELETE FROM handed WHERE grp = ?",
  deferred: "SELECT position, due, deliveries, failures FROM deferred WHERE grp = ?",
  defer: "INSERT INTO deferred (grp, position, due, deliveries, failures) VALUES (?, ?, ?, ?, ?)",
  undefer: "DELETE FROM deferred WHERE grp = ? AND position = ?",
  forgetDeferred: "DELETE FROM deferred WHERE grp = ?",
  directed: "SELECT position, grp FROM directed WHERE stream = ?",
  direct: "INSERT INTO directed (stream, position, grp) VALUES (?, ?, ?)",
  forgetDirected: "DELETE FROM directed WHERE stream = ? AND position < ?",
  producers: "SELECT producer, high, used FROM producers WHERE stream = ?",
  keepProducer:
    "INSERT INTO producers (stream, producer, high, used) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET high = ?3, used = ?4",
  forgetProducer: "DELETE FROM producers WHERE stream = ? AND producer = ?",
};

export type Statements<S> = Readonly<Record<keyof S, StatementSync>>;

export type StreamStatements = Statements<typeof SQL>;

/** What all streams share. */
export function prepareStreamStatements(database: DatabaseSync): StreamStatements {
  return prepareAll(database, SQL);
}

/** Rows come as arrays, in the order of the columns. */
export function prepareAll<S extends Readonly<Record<string, string>>>(
  database: DatabaseSync,
  sql: S,
): Statements<S> {
  const prepare = (text: string) => {
    const statement = database.prepare(text);
    statement.setReturnArrays(true);
    return statement;
  };
  const entries = Object.entries(sql).map(([name, text]) => [name, prepare(text)]);
  return Object.fromEntries(entries) as Statements<S>;
}

export type Row = readonly SQLOutputValue[];

/** With `setReturnArrays`, rows are arrays; the types of node:sqlite know only objects. */
export function rowsOf(result: unknown): readonly Row[] {
  return Array.isArray(result) ? result : [];
}

export function rowOf(result: unknown): Row | undefined {
  return Array.isArray(result) ? result : undefined;
}

export function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
