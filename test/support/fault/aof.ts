// The append-only file of a Redis as a list of commands, and copies of it that end after one of them: what Redis would
// find after a crash at that moment.
import { cpSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";

const NEWLINE = 10;

/** Offsets at which a command ends, oldest first. The file holds commands only, as RESP arrays of bulk strings. */
export function commandEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  let at = 0;
  const line = () => {
    const end = bytes.indexOf(NEWLINE, at);
    const text = bytes.toString("latin1", at, end - 1);
    at = end + 1;
    return text;
  };
  while (at < bytes.length) {
    const head = line();
    if (head.startsWith("#")) continue; // a time stamp
    if (!head.startsWith("*"))
      throw new Error(`The append-only file has "${head}" where a command should begin.`);
    for (let left = Number(head.slice(1)); left > 0; left--) {
      const length = Number(line().slice(1));
      at += length + 2;
    }
    ends.push(at);
  }
  return ends;
}

/** The file to which the server in this folder appends. */
export function growingFile(folder: string): string {
  const files = readdirSync(join(folder, "appendonlydir")).filter((file) => file.endsWith(".incr.aof"));
  const [file] = files;
  if (files.length !== 1 || file === undefined)
    throw new Error(`Not one growing file in ${folder}: ${files}`);
  return join("appendonlydir", file);
}

export function commandEndsIn(folder: string): number[] {
  return commandEnds(readFileSync(join(folder, growingFile(folder))));
}

/** Copies the data of a server that is down; with an `end`, without what came after it. */
export function copyOfData(folder: string, target: string, end?: number): void {
  cpSync(folder, target, { recursive: true });
  if (end !== undefined) truncateSync(join(target, growingFile(target)), end);
}
