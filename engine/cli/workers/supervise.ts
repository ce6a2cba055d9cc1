// engine … --workers N: wires a supervisor to this process, its terminal and its signals.
import { workersNeedRedis } from "../../base/errors/cli.ts";
import { createLogger } from "../../base/logger.ts";
import type { Config } from "../../config.ts";
import { tokenOf } from "../../engine-files.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { createSay } from "../say.ts";
import type { StartLine } from "../show/start.ts";
import { untilStopped } from "../stop.ts";
import { Departed } from "./departed.ts";
import { settledPort } from "./free-port.ts";
import { RESTART_RULES, type RestartRules } from "./policy.ts";
import { Supervisor } from "./supervisor.ts";

/** Fault and integration tests shorten the pauses: `firstPauseMs,crashWindowMs`. */
const TEST_PAUSES = "MILLRACE_WORKER_PAUSES";

export async function supervise(
  config: Config,
  count: number,
  words: readonly string[],
  { stdout, environment }: Surroundings,
): Promise<ExitCode> {
  if (config.redis === undefined) throw workersNeedRedis(null);
  if (config.token === undefined) tokenOf(config.dataFolder); // before several make one
  const logger = createLogger({ level: config.logLevel, json: config.jsonLogs, write: stdout.write });
  const say = createSay({ logger, json: config.jsonLogs, terminal: stdout });
  const redis = { url: config.redis, namespace: config.namespace, name: "supervisor" };
  await using departed = new Departed(redis, logger);
  const supervisor = new Supervisor({
    count,
    program: process.argv[1] ?? "",
    words,
    name: config.name,
    port: await settledPort(config.host, config.port),
    httpPort: await settledPort(config.host, config.httpPort),
    rules: rulesOf(environment[TEST_PAUSES]),
    write: stdout.write,
    note: (text) => logger.warn(text),
    onGone: (consumer) => void departed.giveBack(consumer),
    onStarted: (lines) => say.started(withWorkers(lines, count)),
    onReady: () => say.ready(),
  });
  const stopped = untilStopped(supervisor, (text) => say.note(text)).then((): ExitCode => 0);
  return Promise.race([stopped, supervisor.refused]);
}

/** After the backend, how many share the work. */
function withWorkers(lines: readonly StartLine[], count: number): StartLine[] {
  const workers = { label: "Workers", text: String(count), fields: { workers: count } };
  return lines.flatMap((line) => (line.label === "Backend" ? [line, workers] : [line]));
}

function rulesOf(text: string | undefined): RestartRules {
  const [firstPauseMs, crashWindowMs] = (text ?? "").split(",").map(Number);
  if (!firstPauseMs || !crashWindowMs) return RESTART_RULES;
  return { ...RESTART_RULES, firstPauseMs, mostPauseMs: 30 * firstPauseMs, crashWindowMs };
}
