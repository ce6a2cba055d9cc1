// The log: pino underneath, lines for people on a terminal, JSON where asked. Listeners feed the live log room.
import { type DestinationStream, type Logger as PinoLogger, pino } from "pino";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

export interface LogLine {
  readonly time: number;
  readonly level: LogLevel;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Logger {
  trace(text: string, fields?: Record<string, unknown>): void;
  debug(text: string, fields?: Record<string, unknown>): void;
  info(text: string, fields?: Record<string, unknown>): void;
  warn(text: string, fields?: Record<string, unknown>): void;
  error(text: string, fields?: Record<string, unknown>): void;
  /** A logger whose lines all carry these fields. */
  with(fields: Record<string, unknown>): Logger;
  /** Hears every line at or above the level of this log. */
  onLine(listener: (line: LogLine) => void): Disposable;
}

const LEVEL_NAMES: Record<number, LogLevel> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
};

/** `json`: pino's JSON lines. Otherwise lines for people. `write` gets each line with its line break. */
export function createLogger(options: {
  level: LogLevel | "silent";
  json: boolean;
  write: (text: string) => void;
}): Logger {
  const listeners = new Set<(line: LogLine) => void>();
  const stream: DestinationStream = {
    write(text) {
      if (options.json) options.write(text);
      if (options.json && listeners.size === 0) return;
      const { time, level, msg, ...fields } = JSON.parse(text);
      const line: LogLine = { time, level: LEVEL_NAMES[level] ?? "info", text: msg ?? "", fields };
      if (!options.json) options.write(formatLine(line));
      for (const listener of listeners) listener(line);
    },
  };
  const root = pino({ level: options.level, base: null }, stream);
  return wrap(root, listeners);
}

function wrap(target: PinoLogger, listeners: Set<(line: LogLine) => void>): Logger {
  const at = (level: LogLevel) => (text: string, fields?: Record<string, unknown>) =>
    target[level](fields ?? {}, text);
  return {
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => wrap(target.child(fields), listeners),
    onLine(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}

function formatLine(line: LogLine): string {
  const { flow, node, err, stack, ...rest } = line.fields;
  const place = [flow, node].filter((part) => part !== undefined).join("/");
  const facts = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const mark = line.level === "info" ? "" : `${line.level.toUpperCase()} `;
  const clock = new Date(line.time).toISOString().slice(11, 23);
  const head = [`${clock} ${mark}${place ? `[${place}] ` : ""}${line.text}`, ...facts].join("  ");
  return typeof stack === "string" ? `${head}\n${stack}\n` : `${head}\n`;
}
