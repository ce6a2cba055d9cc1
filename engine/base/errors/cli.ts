// Errors of the command line: wrong usage (exit code 2), and engines that cannot be asked.
import { defineError, didYouMean } from "./error.ts";

export const commandUnknown = defineError<{ command: string; suggestion: string | undefined }>({
  code: "cli/unknown-command",
  status: 400,
  explain: "The first word after `engine` is no command.",
  message: ({ command, suggestion }) =>
    `"${command}" is not a command.${didYouMean(suggestion)} List them with: engine --help.`,
});

export const usageWrong = defineError<{ reason: string; command: string }>({
  code: "cli/usage",
  status: 400,
  explain:
    "A command was called with options or arguments that it does not take, or without ones that it needs.",
  message: ({ reason, command }) => `${reason} See: ${command} --help.`,
});

export const settingBad = defineError<{ value: string; setting: string; hint: string }>({
  code: "cli/bad-setting",
  status: 400,
  explain: "An option, environment variable or field of the config file has a value that it cannot have.",
  message: ({ value, setting, hint }) => `"${value}" is not a value for ${setting}. ${hint}`,
});

export const flowsMissing = defineError<null>({
  code: "cli/no-flows",
  status: 400,
  explain: "The engine was started without saying which flows to run.",
  message: () =>
    'There are no flows to run. Write for example: engine --flows flows/main.json, or "flows" in the config file.',
});

export const workersNeedRedis = defineError<null>({
  code: "cli/workers-need-redis",
  status: 400,
  explain: "Several engines share their work over Redis; the embedded backend belongs to one process.",
  message: () =>
    "--workers needs Redis, over which the engines share their work. Give --redis, for example redis://127.0.0.1:6379.",
});

export const configUnreadable = defineError<{ file: string; reason: string }>({
  code: "cli/config-unreadable",
  status: 400,
  explain: "The config file is not there or is no JSON object.",
  message: ({ file, reason }) =>
    `The config file "${file}" cannot be read: ${reason}. Correct it, or name another with --config.`,
});

export const configKeyUnknown = defineError<{ file: string; key: string; suggestion: string | undefined }>({
  code: "cli/config-key",
  status: 400,
  explain: "The config file has a field that means nothing.",
  message: ({ file, key, suggestion }) =>
    `"${key}" in "${file}" is not a setting.${didYouMean(suggestion) || " Remove it."}`,
});

export const engineUnreachable = defineError<{ url: string; reason: string }>({
  code: "cli/engine-unreachable",
  status: 503,
  explain: "No engine answers at the address of the admin API.",
  message: ({ url, reason }) =>
    `No engine answers at "${url}": ${reason}. Start one with: engine --flows FLOWS, or give --url.`,
});

export const engineRefused = defineError<{ message: string }>({
  code: "cli/engine-refused",
  status: 502,
  explain: "The engine answered with an error; its sentence and code are shown.",
  message: ({ message }) => message,
});

export const tapRefused = defineError<{ place: string }>({
  code: "cli/tap-refused",
  status: 404,
  explain: "The engine does not show the messages of this topic live: the flow is not there any more.",
  message: ({ place }) => `"${place}" cannot be watched: the flow is gone. List flows with: engine status.`,
});

export const tokenMissing = defineError<{ url: string }>({
  code: "cli/token-missing",
  status: 401,
  explain: "The engine wants a token, and none was given or found in the data folder.",
  message: ({ url }) =>
    `The engine at "${url}" wants its token. Give --token or MILLRACE_TOKEN, or --data with the engine's data folder.`,
});

export const folderNotEmpty = defineError<{ folder: string }>({
  code: "cli/folder-not-empty",
  status: 409,
  explain: "A project is only created in a folder that is new or empty.",
  message: ({ folder }) => `"${folder}" is not empty. Choose a new folder.`,
});

export const projectNotCreated = defineError<{ folder: string; reason: string }>({
  code: "cli/not-created",
  explain: "A new project could not be written to the disk.",
  message: ({ folder, reason }) =>
    `"${folder}" could not be created: ${reason}. Choose a folder that may be written to.`,
});

export const failpointBad = defineError<{ rule: string; known: readonly string[] }>({
  code: "cli/failpoint-bad",
  status: 400,
  explain:
    "MILLRACE_FAILPOINTS, which only fault tests set, names a place or an action that does not exist. Write `place=kill`, `place=stop` or `place=pause:<ms>`, separated by commas, each with `@n` for the n-th pass only; or unset the variable.",
  message: ({ rule, known }) =>
    `MILLRACE_FAILPOINTS holds "${rule}". Write <place>=kill, stop or pause:<ms>, with @<n> if you like; places: ${known.join(", ")}.`,
});
