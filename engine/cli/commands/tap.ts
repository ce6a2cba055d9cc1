// engine tap FLOW/TOPIC: shows the messages of a topic as they come, from whichever engine, until it is stopped.
import type { Socket } from "socket.io-client";
import type { ClientToServerEvents, ServerToClientEvents, TopicMessageEvent } from "../../admin/api.ts";
import { engineUnreachable, tapRefused, usageWrong } from "../../base/errors/cli.ts";
import { errorText } from "../../base/errors/error.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { showLeftOut, showMessage } from "../show/messages.ts";
import { placeOf, topicRoute } from "./topic-place.ts";

export interface TapOptions extends ConnectionOptions {
  readonly json?: boolean;
  /** Stop after so many. */
  readonly count?: string;
}

type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

export async function tap(place: string, options: TapOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { flow, topic } = placeOf(place, "tap");
  const most = countOf(options.count);
  const { stdout, stderr } = surroundings;
  const connection = new Connection(options, surroundings);
  await connection.get(topicRoute(place, "tap")); // says best what is wrong with flow, topic or token
  const { io } = await import("socket.io-client"); // late: other commands start sooner
  const client: Client = io(connection.url, { path: "/live", auth: connection.liveAuth });
  const done = Promise.withResolvers<void>();
  let seen = 0;
  client.on("topic-message", ({ message }: TopicMessageEvent) => {
    if (seen >= most) return;
    seen++;
    stdout.write(`${options.json ? JSON.stringify(message) : showMessage(message, stdout)}\n`);
    if (seen >= most) done.resolve();
  });
  client.on("left-out", ({ count }) => stderr.write(`${showLeftOut(count, stderr)}\n`));
  client.on("connect_error", (error) => {
    if (!client.active) done.reject(engineUnreachable({ url: connection.url, reason: errorText(error) }));
  });
  // After every connection: one that broke comes back without its rooms.
  client.on("connect", () => {
    client.emit("watch", { rooms: [`tap:${flow}/${topic}`] }, ({ refused }) => {
      if (refused.length > 0) done.reject(tapRefused({ place }));
      else stderr.write(`${stderr.style("quiet", `Watching ${place}; Ctrl+C ends it.`)}\n`);
    });
  });
  const stop = () => done.resolve();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    await done.promise;
    return 0;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    client.disconnect();
  }
}

function countOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usageWrong({ reason: `"${text}" is not a number of messages.`, command: "engine tap" });
}
