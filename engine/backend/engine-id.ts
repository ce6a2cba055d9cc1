// Who this engine is: an id that stays over restarts, so that it finds again what it had under way. Several engines
// may share a data folder; each holds one of its slots, locked by the operating system for as long as it lives.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { errorText, folderUnusable } from "../base/errors/index.ts";

const SLOTS = 64;

export interface EngineId extends Disposable {
  readonly id: string;
}

/** `name`: the id that the user gave. Otherwise the first free slot of the folder names it. */
export function claimEngineId(folder: string, name: string | undefined): EngineId {
  const slots = join(folder, "engines");
  try {
    mkdirSync(slots, { recursive: true });
    if (name !== undefined) return { id: name, [Symbol.dispose]: () => undefined };
    for (let slot = 0; slot < SLOTS; slot++) {
      const lock = tryLock(join(slots, `${slot}.lock`));
      if (lock) return { id: idOfSlot(join(slots, `${slot}.id`)), [Symbol.dispose]: () => lock.close() };
    }
  } catch (cause) {
    throw folderUnusable({ folder, reason: errorText(cause) }, { cause });
  }
  throw folderUnusable({ folder, reason: `${SLOTS} engines use it already` });
}

function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;");
    return database;
  } catch {
    database.close(); // another engine's
    return undefined;
  }
}

function idOfSlot(file: string): string {
  try {
    const id = readFileSync(file, "utf8").trim();
    if (/^[\w.-]{1,80}$/.test(id)) return id;
  } catch {
    // the first engine in this slot
  }
  const host = hostname()
    .replaceAll(/[^\w.-]/g, "-")
    .slice(0, 40);
  const id = `${host}-${crypto.randomUUID().slice(0, 8)}`;
  writeFileSync(file, `${id}\n`);
  return id;
}
