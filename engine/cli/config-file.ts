// Finds and reads the config file: the one that --config names, or millrace.config.json when it is there.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { configUnreadable } from "../base/errors/cli.ts";
import { errorText } from "../base/errors/error.ts";
import { type ConfigSources, DEFAULT_CONFIG_FILE } from "./config.ts";

/** Undefined when none is named and the default one is not there. Throws when it cannot be read. */
export function readConfigFile(folder: string, named: string | undefined): ConfigSources["file"] {
  const path = resolve(folder, named ?? DEFAULT_CONFIG_FILE);
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isMissing && named === undefined) return undefined;
    throw configUnreadable(
      { file: path, reason: isMissing ? "it does not exist" : errorText(cause) },
      { cause },
    );
  }
}
