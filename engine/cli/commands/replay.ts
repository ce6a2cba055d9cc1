// engine replay FLOW/TOPIC: has kept messages handled once more.
import type { MessageCount } from "../../admin/api.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { count } from "../show/table.ts";
import { topicRoute } from "./topic-place.ts";

export interface ReplayOptions extends ConnectionOptions {
  readonly from: string;
  readonly to: string;
  readonly group?: string;
  readonly json?: boolean;
}

export async function replay(
  place: string,
  options: ReplayOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { from, to, group } = options;
  const connection = new Connection(options, surroundings);
  const request = { from, to, ...(group === undefined ? {} : { group }) };
  const route = `${topicRoute(place, "replay")}/replay`;
  const { body } = await connection.ask<MessageCount>("POST", route, request);
  const said = `${count(body.count, "message")} of ${place} ${body.count === 1 ? "was" : "were"} published again.`;
  surroundings.stdout.write(options.json ? `${JSON.stringify(body)}\n` : `${said}\n`);
  return 0;
}
