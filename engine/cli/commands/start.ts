// engine [start] --flows …: runs flows until it is told to stop.
import { createLogger, type Logger } from "../../base/logger.ts";
import type { RunningEngine } from "../../engine.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { readConfig, type StartFlags } from "../config.ts";
import { readConfigFile } from "../config-file.ts";
import { plainLine, showStartLine, startLines } from "../show/start.ts";
import { logStrayErrors, untilStopped } from "../stop.ts";
import type { Terminal } from "../terminal.ts";

export async function start(
  { config: configFile, ...flags }: StartFlags & { config?: string },
  { stdout, environment, folder }: Surroundings,
): Promise<ExitCode> {
  const config = readConfig({ flags, environment, file: readConfigFile(folder, configFile), folder });
  const logger = createLogger({ level: config.logLevel, json: config.jsonLogs, write: stdout.write });
  using _ = logStrayErrors(logger);
  const { startEngine } = await import("../../engine.ts"); // late: other commands need no engine, and start sooner
  const engine = await startEngine(config, { logger });
  const say = config.jsonLogs ? sayAsJson(logger) : sayToPeople(stdout);
  sayStarted(engine, say);
  void engine.whenReady.then(
    () => say.ready(),
    () => {}, // it was stopped before it was ready, or its log says why it never will be
  );
  await untilStopped(engine, (text) => say.note(text));
  return 0;
}

interface Say {
  started(lines: ReturnType<typeof startLines>): void;
  ready(): void;
  note(text: string): void;
}

function sayStarted(engine: RunningEngine, say: Say): void {
  const { version, backendText: backend, urls } = engine;
  const editor = urls.editor === null ? null : withToken(urls.editor, engine.token);
  say.started(startLines({ version, backend, flows: engine.flows(), ...urls, editor }));
}

function withToken(url: string, token: string): string {
  const editor = new URL(url);
  editor.searchParams.set("token", token);
  return editor.href;
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
