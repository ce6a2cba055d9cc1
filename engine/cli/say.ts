// What the process of an engine tells whoever started it: lines for people, or fields for programs.
import type { Logger } from "../base/logger.ts";
import { plainLine, type StartLine, showStartLine } from "./show/start.ts";
import type { Terminal } from "./terminal.ts";

export interface Say {
  started(lines: readonly StartLine[]): void;
  ready(): void;
  note(text: string): void;
}

export function createSay(options: { logger: Logger; json: boolean; terminal: Terminal }): Say {
  return options.json ? sayAsJson(options.logger) : sayToPeople(options.terminal);
}

function sayToPeople(terminal: Terminal): Say {
  return {
    started: (lines) => terminal.write(`${lines.map((line) => showStartLine(line, terminal)).join("\n")}\n`),
    ready: () => terminal.write(`${terminal.style("good", "ready")}\n`),
    note: (text) => terminal.write(`${text}\n`),
  };
}

function sayAsJson(logger: Logger): Say {
  return {
    started(lines) {
      for (const line of lines) logger.info(plainLine(line), line.fields);
    },
    ready: () => logger.info("ready", { ready: true }),
    note: (text) => logger.info(text),
  };
}
