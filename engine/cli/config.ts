// What an engine is started with, from flags, environment and config file, in this order. Pure: it reads nothing.
import { dirname, resolve } from "node:path";
import { parseDuration } from "@millrace/sdk";
import { closest, distance } from "fastest-levenshtein";
import { configKeyUnknown, configUnreadable, flowsMissing, settingBad } from "../base/errors/cli.ts";
import { errorText } from "../base/errors/error.ts";
import type { Config } from "../config.ts";

/** Where settings may stand in the config file, and what they are called as flags. */
const SETTINGS = {
  flows: "--flows",
  redis: "--redis",
  acceptEmptyRedis: "--accept-empty-redis",
  namespace: "--namespace",
  name: "--name",
  data: "--data",
  host: "--host",
  port: "--port",
  httpPort: "--http-port",
  token: "--token",
  editor: "--no-editor",
  logLevel: "--log-level",
  jsonLogs: "--json-logs",
  drainTimeout: "--drain-timeout",
  workers: "--workers",
  worker: "--worker",
  safe: "--safe",
  openMetrics: "--open-metrics",
  lease: "--lease",
  blockLimit: "--block-limit",
} as const;

type Setting = keyof typeof SETTINGS;

/** As the command line gives them: undefined where a flag was not given. */
export type StartFlags = Readonly<Partial<Record<Setting, unknown>>>;

export interface ConfigSources {
  readonly flags: StartFlags;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The config file, when there is one. Paths in it count from its folder. */
  readonly file: { readonly path: string; readonly text: string } | undefined;
  /** Where paths of flags count from. */
  readonly folder: string;
}

export const DEFAULT_CONFIG_FILE = "millrace.config.json";
export const DEFAULT_DATA_FOLDER = ".millrace";
/** As many engines as may share a data folder. */
const MOST_WORKERS = 64;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Throws `cli/…` errors of status 400, whose sentences name the flag or field and what to write. */
export function readConfig(sources: ConfigSources): Config {
  const settings = new Settings(sources);
  const flows = settings.paths("flows");
  if (flows.length === 0) throw flowsMissing(null);
  return {
    flows,
    redis: settings.checked("redis", isRedisUrl, "Write for example redis://127.0.0.1:6379.", "REDIS_URL"),
    ...(settings.flag("acceptEmptyRedis") && { acceptEmptyRedis: true }),
    namespace: settings.checked("namespace", isName, NAME_HINT) ?? "mr",
    name: settings.checked("name", isName, NAME_HINT),
    dataFolder: settings.paths("data")[0] ?? resolve(sources.folder, DEFAULT_DATA_FOLDER),
    host:
      settings.checked("host", (host) => /^[\w.:[\]-]+$/.test(host), "Write an address like 127.0.0.1.") ??
      "127.0.0.1",
    port: settings.port("port") ?? 3880,
    httpPort: settings.port("httpPort") ?? 3881,
    token: settings.checked(
      "token",
      (token) => /^\S{8,}$/.test(token),
      "Write at least 8 characters without spaces.",
      "MILLRACE_TOKEN",
    ),
    editor: settings.flag("editor") ?? true,
    logLevel: settings.oneOf("logLevel", LOG_LEVELS) ?? "info",
    jsonLogs: settings.flag("jsonLogs") ?? false,
    drainTimeoutMs: settings.duration("drainTimeout") ?? 30_000,
    workers: settings.count("workers", MOST_WORKERS),
    worker: settings.count("worker", MOST_WORKERS),
    safe: settings.flag("safe") ?? false,
    openMetrics: settings.flag("openMetrics") ?? false,
    leaseMs: settings.duration("lease", { atLeast: "1s" }) ?? 10_000,
    blockLimitMs: settings.duration("blockLimit", { atLeast: "1s" }) ?? 30_000,
  };
}

const NAME_HINT = "Use up to 64 letters, digits, dots, dashes and underscores.";
const isName = (name: string) => NAME.test(name);
const isRedisUrl = (url: string) => /^rediss?(-sentinel|-cluster)?:\/\/\S+$/.test(url);

interface Found {
  readonly value: unknown;
  /** Where it stands, for sentences. */
  readonly setting: string;
  /** Where its paths count from. */
  readonly folder: string;
}

class Settings {
  readonly #sources: ConfigSources;
  readonly #file: Readonly<Record<string, unknown>>;

  constructor(sources: ConfigSources) {
    this.#sources = sources;
    this.#file = sources.file ? parseFile(sources.file) : {};
  }

  paths(name: Setting): string[] {
    const found = this.#find(name);
    if (!found) return [];
    const paths: unknown[] = Array.isArray(found.value) ? found.value : [found.value];
    return paths.map((path) => {
      if (typeof path === "string" && path !== "") return resolve(found.folder, path);
      throw bad(found, path, "Write the path of a file or folder.");
    });
  }

  checked(
    name: Setting,
    check: (text: string) => boolean,
    hint: string,
    variable?: string,
  ): string | undefined {
    const found = this.#find(name, variable);
    if (!found) return undefined;
    if (typeof found.value === "string" && check(found.value)) return found.value;
    throw bad(found, name === "token" ? "…" : found.value, hint);
  }

  oneOf<T extends string>(name: Setting, choices: readonly T[]): T | undefined {
    const found = this.#find(name);
    if (!found) return undefined;
    const choice = choices.find((one) => one === found.value);
    if (choice === undefined) throw bad(found, found.value, `Write one of ${choices.join(", ")}.`);
    return choice;
  }

  port(name: Setting): number | undefined {
    return this.#whole(name, 0, 65_535, "Write a number from 0 (any free port) to 65535.");
  }

  count(name: Setting, most: number): number | undefined {
    return this.#whole(name, 1, most, `Write a number from 1 to ${most}.`);
  }

  #whole(name: Setting, least: number, most: number, hint: string): number | undefined {
    const found = this.#find(name);
    if (!found) return undefined;
    const { value } = found;
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= least && number <= most)
      return number;
    throw bad(found, value, hint);
  }

  flag(name: Setting): boolean | undefined {
    const found = this.#find(name);
    if (!found || typeof found.value === "boolean") return found?.value as boolean | undefined;
    throw bad(found, found.value, "Write true or false.");
  }

  duration(name: Setting, { atLeast = "0ms" } = {}): number | undefined {
    const found = this.#find(name);
    if (!found) return undefined;
    let ms: number;
    try {
      ms = parseDuration(String(found.value));
    } catch {
      throw bad(found, found.value, 'Write a number and ms, s, m, h or d, for example "30s".');
    }
    if (ms < parseDuration(atLeast)) throw bad(found, found.value, `Write at least ${atLeast}.`);
    return ms;
  }

  #find(name: Setting, variable?: string): Found | undefined {
    const { flags, environment, file, folder } = this.#sources;
    if (flags[name] !== undefined) return { value: flags[name], setting: SETTINGS[name], folder };
    const fromEnvironment = variable === undefined ? undefined : environment[variable];
    if (fromEnvironment)
      return { value: fromEnvironment, setting: `the environment variable ${variable}`, folder };
    if (!file || !Object.hasOwn(this.#file, name)) return undefined;
    return { value: this.#file[name], setting: `"${name}" in ${file.path}`, folder: dirname(file.path) };
  }
}

function bad(found: Found, value: unknown, hint: string): Error {
  return settingBad({
    value: typeof value === "string" ? value : JSON.stringify(value),
    setting: found.setting,
    hint,
  });
}

function parseFile(file: { path: string; text: string }): Readonly<Record<string, unknown>> {
  const settings = parseObject(file);
  const names = Object.keys(SETTINGS);
  for (const key of Object.keys(settings)) {
    if (key === "$schema" || names.includes(key)) continue;
    throw configKeyUnknown({ file: file.path, key, suggestion: nearest(key, names) });
  }
  return settings;
}

function parseObject({ path, text }: { path: string; text: string }): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw configUnreadable({ file: path, reason: errorText(cause) }, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw configUnreadable({ file: path, reason: "it is no JSON object" });
}

/** The word that was probably meant, if any is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const found = closest(word, words);
  return distance(word, found) <= Math.max(1, Math.floor(word.length * 0.4)) ? found : undefined;
}
