// What this engine remembers over its restarts of the Redis that it works with: in a file of its data folder.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KnownIdentity {
  read(): readonly string[] | undefined;
  write(names: readonly string[]): void;
}

/** Remembers nothing. */
export const noMemory: KnownIdentity = { read: () => undefined, write: () => undefined };

/** `place`: which Redis, by its address without passwords, and namespace. A damaged file remembers nothing. */
export function identityFile(folder: string, place: string): KnownIdentity {
  const file = join(folder, "redis.json");
  const all = (): Record<string, unknown> => {
    try {
      const found: unknown = JSON.parse(readFileSync(file, "utf8"));
      return typeof found === "object" && found !== null ? { ...found } : {};
    } catch {
      return {};
    }
  };
  return {
    read() {
      const names = all()[place];
      return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : undefined;
    },
    write(names) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify({ ...all(), [place]: names }, null, 2)}\n`);
      renameSync(`${file}.new`, file);
    },
  };
}
