// engine dead FLOW/TOPIC: messages that were given up. Lists them, puts them back, or throws them away.
import type { MessageCount, TopicMessage, TopicMessages } from "../../admin/api.ts";
import { usageWrong } from "../../base/errors/cli.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { showDeadLetters } from "../show/dead-letters.ts";
import { count } from "../show/table.ts";
import { topicRoute } from "./topic-place.ts";

export interface DeadOptions extends ConnectionOptions {
  /** An entry, several with commas between them, or "all". */
  readonly retry?: string;
  readonly discard?: string;
  /** JSON that replaces the payload of the one that is retried. */
  readonly payload?: string;
  readonly json?: boolean;
}

const PAGE = 1000;

export async function dead(
  place: string,
  options: DeadOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const route = `${topicRoute(place, "dead")}/dead`;
  const { retry, discard, payload } = options;
  if ((retry !== undefined && discard !== undefined) || (payload !== undefined && retry === undefined)) {
    const reason = "Give either --retry, with --payload if you like, or --discard.";
    throw usageWrong({ reason, command: "engine dead" });
  }
  const connection = new Connection(options, surroundings);
  const { stdout } = surroundings;
  if (retry === undefined && discard === undefined) {
    const messages = await listAll(connection, route);
    const text = options.json ? JSON.stringify(messages, null, 2) : showDeadLetters(place, messages, stdout);
    stdout.write(`${text}\n`);
    return 0;
  }
  const ids = idsOf(retry ?? discard ?? "");
  const { body } =
    retry === undefined
      ? await connection.ask<MessageCount>("DELETE", route, { ids })
      : await connection.ask<MessageCount>("POST", `${route}/retry`, {
          ids,
          ...(payload === undefined ? {} : { payload: parsePayload(payload) }),
        });
  const done = retry === undefined ? "thrown away" : `put back to ${place}`;
  const said = `${count(body.count, "message")} ${body.count === 1 ? "was" : "were"} ${done}.`;
  stdout.write(options.json ? `${JSON.stringify(body)}\n` : `${said}\n`);
  return ids !== "all" && body.count < ids.length ? 1 : 0;
}

async function listAll(connection: Connection, route: string): Promise<TopicMessage[]> {
  const messages: TopicMessage[] = [];
  for (let from: string | null = "0"; from !== null; ) {
    const page: TopicMessages = await connection.get(`${route}?from=${from}&limit=${PAGE}`);
    messages.push(...page.messages);
    from = page.next;
  }
  return messages;
}

function idsOf(text: string): readonly string[] | "all" {
  return text === "all" ? "all" : text.split(",").map((id) => id.trim());
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageWrong({ reason: `The payload "${text}" is no JSON.`, command: "engine dead" });
  }
}
