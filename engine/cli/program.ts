// The command line: which commands there are, what they take, and how wrong usage is answered.
import { Command, CommanderError, Option } from "commander";
import { commandUnknown, usageWrong } from "../base/errors/cli.ts";
import { errorText, MillraceError } from "../base/errors/error.ts";
import type { ExitCode, Surroundings } from "./command.ts";
import { create } from "./commands/create.ts";
import { dead } from "./commands/dead.ts";
import { deploy } from "./commands/deploy.ts";
import { doctor } from "./commands/doctor.ts";
import { heartbeat } from "./commands/heartbeat.ts";
import { nodes } from "./commands/nodes.ts";
import { replay } from "./commands/replay.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { tap } from "./commands/tap.ts";
import { validate } from "./commands/validate.ts";
import { nearest } from "./config.ts";

/** Runs one command line. Never throws: what goes wrong is said on stderr, and is in the exit code. */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const run: { command: string; code: ExitCode } = { command: "engine", code: 0 };
  try {
    const program = buildProgram(words, surroundings, async (command, work) => {
      run.command = command;
      run.code = await work();
    });
    refuseUnknownCommand(program, words[0] === "help" ? words[1] : words[0]);
    await program.parseAsync(words, { from: "user" });
    return run.code;
  } catch (error) {
    if (error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help"))
      return 0;
    const known = error instanceof CommanderError ? usageError(error) : error;
    const { stderr } = surroundings;
    const text =
      known instanceof MillraceError ? errorText(known) : ((known as Error)?.stack ?? errorText(known));
    stderr.write(`${stderr.style("bad", text)}\n`);
    return exitCodeOf(known, run.command);
  }
}

function exitCodeOf(error: unknown, command: string): ExitCode {
  if (error instanceof MillraceError && error.code.startsWith("cli/") && error.status === 400) return 2;
  return command === "start" ? 3 : 1;
}

function usageError(error: CommanderError): MillraceError {
  const words = error.message
    .replace(/^error: /, "")
    .replaceAll("'", '"')
    .replace(/\n?\((Did you mean .*\?)\)/, ". $1");
  const sentence = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return usageWrong({ reason: /[.?]$/.test(sentence) ? sentence : `${sentence}.`, command: "engine" });
}

/** The default command would take a misspelt command for an argument of its own. */
function refuseUnknownCommand(program: Command, word: string | undefined): void {
  if (word === undefined || word.startsWith("-")) return;
  const names = program.commands.map((command) => command.name());
  if (!names.includes(word)) throw commandUnknown({ command: word, suggestion: nearest(word, names) });
}

const EXAMPLES = `
Examples:
  engine --flows flows/main.json                                run a flow; no Redis needed
  engine --flows flows --redis redis://127.0.0.1:6379           share the work with other engines
  engine validate flows                                         check flows before they are deployed
  engine create my-project                                      begin`;

type Run = (command: string, work: () => ExitCode | Promise<ExitCode>) => Promise<void>;

function buildProgram(words: readonly string[], surroundings: Surroundings, run: Run): Command {
  const program = new Command("engine")
    .description("Millrace: runs flows of typed nodes over Redis topics.")
    .version(surroundings.version, "-v, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .exitOverride()
    .configureOutput({ writeOut: surroundings.stdout.write, writeErr: () => {} })
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError(true)
    .addHelpText("after", EXAMPLES);
  addStart(program, surroundings, run, words);
  addLocal(program, surroundings, run);
  addRemote(program, surroundings, run);
  return program;
}

function addStart(program: Command, surroundings: Surroundings, run: Run, words: readonly string[]): void {
  program
    .command("start", { isDefault: true })
    .description("run flows (what `engine` does without a command)")
    .option("--flows <path...>", "flow files, or folders of them")
    .option(
      "--redis <url>",
      "share work over this Redis: redis://, rediss://, redis-sentinel://, redis-cluster:// (REDIS_URL)",
    )
    .option("--accept-empty-redis", "work with a Redis that lost the data which this engine knew")
    .option("--namespace <name>", "starts the names of all Redis keys (mr)")
    .option("--name <id>", "id of this engine in its cluster")
    .option("--data <folder>", "where this engine keeps its data (.millrace)")
    .option("--host <address>", "address to listen on (127.0.0.1)")
    .option("--port <port>", "admin API and editor (3880)")
    .option("--http-port <port>", "HTTP endpoints of flows (3881)")
    .option("--token <token>", "token of the admin API (MILLRACE_TOKEN; one is made at first start)")
    .option("--no-editor", "do not serve the editor")
    .option("--workers <number>", "run this many engines on this machine (needs --redis)")
    .addOption(new Option("--worker <number>", "which of a supervisor's workers this is").hideHelp())
    .option("--safe", "safe mode: start no flow, so that what ends the engine can be repaired")
    .option("--open-metrics", "answer GET /metrics without a token")
    .option("--config <file>", "config file (millrace.config.json)")
    .option("--log-level <level>", "trace, debug, info, warn, error or silent (info)")
    .option("--json-logs", "log JSON lines, for programs")
    .option("--drain-timeout <duration>", "how long messages in flight may take at the end (30s)")
    .option(
      "--lease <duration>",
      "how long an engine that is not heard of keeps its work, before others take it over (10s)",
    )
    .option("--block-limit <duration>", "how long a node may block the engine before it ends itself (30s)")
    .allowExcessArguments(false)
    .action((options: Record<string, unknown>, command: Command) => {
      const given = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === "cli");
      return run("start", () => start(Object.fromEntries(given), surroundings, words));
    });
}

function addLocal(program: Command, surroundings: Surroundings, run: Run): void {
  program
    .command("validate")
    .description("check flows: all problems, with file and place")
    .argument("<flows...>", "flow files, or folders of them")
    .option("--json", "print JSON")
    .action((paths: string[], options) => run("validate", () => validate(paths, options, surroundings)));
  program
    .command("nodes")
    .description("list the node types, or show one type's docs")
    .argument("[type]", "a node type")
    .option("--flows <path...>", "with the packages of these flows (default: those of the config file)")
    .option("--json", "print JSON")
    .action((type: string | undefined, options) => run("nodes", () => nodes(type, options, surroundings)));
  program
    .command("create")
    .description("make a new project: a flow, a node package, a config file")
    .argument("<folder>", "a new or empty folder")
    .action((folder: string) => run("create", () => create(folder, surroundings)));
}

function addRemote(program: Command, surroundings: Surroundings, run: Run): void {
  const token = new Option(
    "--token <token>",
    "its token (MILLRACE_TOKEN; on this machine it is found by itself)",
  );
  const data = new Option("--data <folder>", "data folder of an engine on this machine (.millrace)");
  program
    .command("status")
    .description("show engines, flows and health; exit code 1 when something is not healthy")
    .option("--url <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--json", "print JSON")
    .action((options) => run("status", () => status(options, surroundings)));
  program
    .command("heartbeat")
    .description("the health of an engine, part by part; exit code 1 when something is not healthy")
    .option("--url <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--json", "print JSON")
    .action((options) => run("heartbeat", () => heartbeat(options, surroundings)));
  program
    .command("doctor")
    .description("examine a live system; exit code 1 when one of its invariants is violated")
    .option("--url <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--redis <url>", "examine this Redis, without asking an engine")
    .option("--namespace <name>", "with --redis: what the names of its keys start with (mr)")
    .option("--json", "print JSON")
    .action((options) => run("doctor", () => doctor(options, surroundings)));
  program
    .command("tap")
    .description("show the messages of a topic as they come")
    .argument("<flow/topic>", "a shared topic keeps its slash: main//alert")
    .option("--url <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--count <number>", "stop after so many")
    .option("--json", "print JSON, one message a line")
    .action((place: string, options) => run("tap", () => tap(place, options, surroundings)));
  program
    .command("deploy")
    .description("deploy a flow to running engines, and print what changes")
    .argument("<file>", "the flow file")
    .option("--to <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--dry-run", "only print what would change, and the problems")
    .action((file: string, options) => run("deploy", () => deploy(file, options, surroundings)));
  program
    .command("dead")
    .description("messages that were given up: list them, put them back, or throw them away")
    .argument("<flow/topic>", "a stream topic of a flow")
    .option("--retry <ids>", "put back: an entry, several with commas between them, or all")
    .option("--payload <json>", "with this payload instead, for a single one that is retried")
    .option("--discard <ids>", "throw away: an entry, several with commas between them, or all")
    .option("--url <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--json", "print JSON")
    .action((place: string, options) => run("dead", () => dead(place, options, surroundings)));
  program
    .command("replay")
    .description("publish kept messages of a stream again, with the same ids")
    .argument("<flow/topic>", "a stream topic of a flow")
    .requiredOption("--from <entry>", "entry to begin with; 0 is the oldest")
    .requiredOption("--to <entry>", "entry to end with")
    .option("--group <node>", "only for this node, not for all readers")
    .option("--url <url>", "admin API of an engine (http://127.0.0.1:3880)")
    .addOption(token)
    .addOption(data)
    .option("--json", "print JSON")
    .action((place: string, options) => run("replay", () => replay(place, options, surroundings)));
}
