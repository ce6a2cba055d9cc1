// Opens the SQLite file of a data folder: for one engine alone, with the tables of this version.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  errorText,
  folderInUse,
  folderUnusable,
  storageDamaged,
  storageNewer,
} from "../../base/errors/index.ts";

const FORMAT = 2;
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

// Entries have a table for each stream (entries.ts). `handed` holds what was handed out and is not settled: from `first` to `last`, less the rows of `settled`.
// A row a batch keeps reading and settling cheap, and says after a crash who had what, and for the how-manieth time.
const SINCE_2 = `
  CREATE TABLE deferred (grp INTEGER NOT NULL, position INTEGER NOT NULL, due INTEGER NOT NULL,
    deliveries INTEGER NOT NULL, failures INTEGER NOT NULL, PRIMARY KEY (grp, position)) WITHOUT ROWID;
  CREATE TABLE directed (stream INTEGER NOT NULL, position INTEGER NOT NULL, grp TEXT NOT NULL,
    PRIMARY KEY (stream, position)) WITHOUT ROWID;`;
const TABLES = `
  CREATE TABLE streams (id INTEGER PRIMARY KEY, flow TEXT NOT NULL, topic TEXT NOT NULL, last INTEGER NOT NULL,
    UNIQUE (flow, topic));
  CREATE TABLE groups (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, name TEXT NOT NULL, cursor INTEGER NOT NULL,
    UNIQUE (stream, name));
  CREATE TABLE handed (id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    consumer TEXT NOT NULL, deliveries INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX handed_of_group ON handed (grp);
  CREATE TABLE settled (handed INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (handed, position)) WITHOUT ROWID;
  ${SINCE_2}
  CREATE TABLE producers (stream INTEGER NOT NULL, producer TEXT NOT NULL, high INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (stream, producer)) WITHOUT ROWID;
  CREATE TABLE state (scope TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (scope, key)) WITHOUT ROWID;
  CREATE TABLE revisions (flow TEXT NOT NULL, revision INTEGER NOT NULL, time INTEGER NOT NULL, author TEXT NOT NULL,
    note TEXT NOT NULL, content TEXT NOT NULL, bundle TEXT NOT NULL, PRIMARY KEY (flow, revision));
  PRAGMA user_version = ${FORMAT};
`;
/** What format 2 has and format 1 had not. */
const FROM_1 = `
  ALTER TABLE handed ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
  ${SINCE_2}
  PRAGMA user_version = ${FORMAT};
`;

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** For sentences: the file, or ":memory:". */
  readonly file: string;
}

/**
 * Opens `millrace.db` in the folder (made when missing), or a database in memory for ":memory:". The file stays locked
 * by the operating system while it is open, so the lock ends with the process, however it ends.
 */
export function openDatabase(folder: string): OpenedDatabase {
  const file = folder === ":memory:" ? folder : join(folder, "millrace.db");
  if (file !== folder) makeFolder(folder);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 1000 });
    // The lock first: in WAL mode, exclusive locking must be set before the first access.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec(
      "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32000;",
    );
    database.exec("BEGIN EXCLUSIVE; COMMIT;");
    prepareTables(database, file);
    return { database, file };
  } catch (error) {
    database?.close();
    throw explain(error, folder, file);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw folderUnusable({ folder, reason: errorText(cause) }, { cause });
  }
}

function prepareTables(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (found > FORMAT) throw storageNewer({ file, found, known: FORMAT });
  if (found === FORMAT) return;
  database.exec(`BEGIN; ${found === 1 ? FROM_1 : TABLES} COMMIT;`);
}

function explain(error: unknown, folder: string, file: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const reason = error.message;
  // The low byte is the primary result code.
  switch (Number(error.errcode) & 0xff) {
    case SQLITE_BUSY:
      return folderInUse({ folder }, { cause: error });
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return storageDamaged({ file, reason }, { cause: error });
    default:
      return folderUnusable({ folder, reason }, { cause: error });
  }
}
