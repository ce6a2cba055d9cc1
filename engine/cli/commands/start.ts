// engine [start] --flows …: runs flows until it is told to stop; with --workers in several processes.
import { createLogger } from "../../base/logger.ts";
import type { RunningEngine } from "../../engine.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { readConfig, type StartFlags } from "../config.ts";
import { readConfigFile } from "../config-file.ts";
import { createSay, type Say } from "../say.ts";
import { type StartLine, startLines } from "../show/start.ts";
import { logStrayErrors, untilStopped } from "../stop.ts";
import { supervise } from "../workers/supervise.ts";
import { Supervised } from "../workers/supervised.ts";

/** `words`: the command line that the flags were read from. */
export async function start(
  { config: configFile, ...flags }: StartFlags & { config?: string },
  surroundings: Surroundings,
  words: readonly string[],
): Promise<ExitCode> {
  const { stdout, environment, folder } = surroundings;
  const config = readConfig({ flags, environment, file: readConfigFile(folder, configFile), folder });
  if (config.workers !== undefined && config.worker === undefined) {
    return supervise(config, config.workers, words, surroundings);
  }
  const logger = createLogger({ level: config.logLevel, json: config.jsonLogs, write: stdout.write });
  using _ = logStrayErrors(logger);
  let engine: RunningEngine | undefined;
  using supervised =
    config.worker === undefined ? undefined : new Supervised(async () => (await engine?.ownMetrics()) ?? []);
  const { startEngine } = await import("../../engine.ts"); // late: other commands need no engine, and start sooner
  engine = await startEngine(config, {
    logger,
    ...(supervised && {
      onMember: (consumer: string) => supervised.tell({ kind: "member", consumer }),
      otherMetrics: () => supervised.otherMetrics(),
    }),
  });
  const say = supervised
    ? sayToSupervisor(supervised)
    : createSay({ logger, json: config.jsonLogs, terminal: stdout });
  say.started(linesOf(engine));
  if (config.safe) say.note("Safe mode: flows do not run until they are deployed or started by hand.");
  void engine.whenReady.then(
    () => say.ready(),
    () => {}, // it was stopped before it was ready, or its log says why it never will be
  );
  await untilStopped(engine, (text) => {
    supervised?.tell({ kind: "stopping" });
    say.note(text);
  });
  return 0;
}

/** People hear of a worker from its supervisor. */
function sayToSupervisor(supervised: Supervised): Say {
  return {
    started: (lines) => supervised.tell({ kind: "started", lines }),
    ready: () => supervised.tell({ kind: "ready" }),
    note: () => undefined,
  };
}

function linesOf(engine: RunningEngine): StartLine[] {
  const { version, backendText: backend, urls } = engine;
  const editor = urls.editor === null ? null : withToken(urls.editor, engine.token);
  return startLines({ version, backend, flows: engine.flows(), ...urls, editor });
}

function withToken(url: string, token: string): string {
  const editor = new URL(url);
  editor.searchParams.set("token", token);
  return editor.href;
}
