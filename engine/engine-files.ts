// What an engine leaves in its data folder for the commands on the same machine: its token, and where it is found.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorText, folderUnusable } from "./base/errors/index.ts";

/** Content of `engine.json`: how to reach the engine that runs on this folder. */
export interface EngineAddress {
  /** Of the admin API. */
  readonly url: string;
  readonly pid: number;
  readonly id: string;
}

/** The token in the folder, made at first start; readable by its owner alone. */
export function tokenOf(folder: string): string {
  const file = join(folder, "token");
  try {
    const token = readFileSync(file, "utf8").trim();
    if (token.length >= 16) return token;
  } catch {
    // first start
  }
  try {
    mkdirSync(folder, { recursive: true });
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
    return token;
  } catch (cause) {
    throw folderUnusable({ folder, reason: errorText(cause) }, { cause });
  }
}

/** Until disposed, commands on this machine find the engine by its folder. */
export function announceEngine(folder: string, address: EngineAddress): Disposable {
  const file = join(folder, "engine.json");
  writeFileSync(file, `${JSON.stringify(address, null, 2)}\n`, { mode: 0o600 });
  return {
    [Symbol.dispose]() {
      try {
        const current: EngineAddress = JSON.parse(readFileSync(file, "utf8"));
        if (current.pid === address.pid && current.id === address.id) rmSync(file);
      } catch {
        // another engine's by now, or gone
      }
    },
  };
}
