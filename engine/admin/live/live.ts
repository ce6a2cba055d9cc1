// The live side of the admin API: socket.io at /live. The same gates as HTTP, on every request of a transport.
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { Type } from "@millrace/sdk";
import { type DefaultEventsMap, Server, type Socket } from "socket.io";
import type { Clock } from "../../base/clock.ts";
import { MillraceError } from "../../base/errors/error.ts";
import type { Logger } from "../../base/logger.ts";
import type { EngineControl, LiveEvent } from "../../control.ts";
import { compileSchemaCheck } from "../../flow/check.ts";
import { type Access, addressOf } from "../access/access.ts";
import { type Names, refuseForeign } from "../access/origin.ts";
import type { ClientToServerEvents, ServerToClientEvents } from "../api.ts";
import { setSecurityHeaders } from "../headers.ts";
import { asJson } from "../json.ts";
import type { Caller } from "../route.ts";
import { Watcher } from "./watcher.ts";

/** What may wait for a slow client: events, and characters of them. */
const MOST_WAITING = 500;
const MOST_WAITING_CHARACTERS = 4 * 1024 * 1024;

const checkWatch = compileSchemaCheck(
  Type.Object({ rooms: Type.Array(Type.String({ maxLength: 700 }), { maxItems: 200 }) }),
);

interface LiveData {
  caller: Caller;
}
type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, LiveData>;

export interface LiveOptions {
  readonly server: HttpServer;
  readonly engine: EngineControl;
  readonly access: Access;
  readonly names: Names;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Serves sockets until disposed; disposing also closes the HTTP server. */
export function serveLive(options: LiveOptions): AsyncDisposable {
  const { server, access } = options;
  const io = new Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, LiveData>(server, {
    path: "/live",
    serveClient: false,
    maxHttpBufferSize: 100_000,
    connectTimeout: 10_000,
  });
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    setSecurityHeaders(response);
    if (!refuseForeign(request, options.names)) return next();
    response.writeHead(403, { "content-type": "text/plain" });
    response.end("This host or origin is refused.\n");
  });
  io.use((socket, next) => {
    try {
      socket.data.caller = callerOf(socket, access);
      next();
    } catch (error) {
      next(refusal(error));
    }
  });
  io.on("connection", (socket) => serveSocket(socket, options));
  const ended = access.sessions.onEnd((session) => {
    for (const socket of io.sockets.sockets.values()) {
      if (socket.data.caller.session === session) socket.disconnect(true);
    }
  });
  return {
    async [Symbol.asyncDispose]() {
      ended[Symbol.dispose]();
      await io.close();
    },
  };
}

function callerOf(socket: LiveSocket, access: Access): Caller {
  const token: unknown = socket.handshake.auth.token;
  if (typeof token === "string") return access.byToken(token, addressOf(socket.request));
  return access.callerOf(socket.request);
}

/** What the client's `connect_error` shows: the sentence, and the code in `data`. */
function refusal(error: unknown): Error {
  const refused = error instanceof MillraceError ? error : undefined;
  return Object.assign(new Error(refused?.message ?? "The engine refused the connection."), {
    data: { code: refused?.code ?? "admin/internal" },
  });
}

function serveSocket(socket: LiveSocket, { engine, logger, clock }: LiveOptions): void {
  const sink = {
    send: (event: LiveEvent) => send(socket, event),
    clear: () => hasRoom(socket),
  };
  const watcher = new Watcher({ engine, sink, clock });
  let asked = 0;
  socket.on("watch", async (request, done) => {
    const answer = typeof done === "function" ? done : () => undefined;
    // A client waits for its answers; one that floods is cut off.
    if (checkWatch(request).length > 0 || asked >= 20) return void socket.disconnect(true);
    asked += 1;
    try {
      answer({ refused: await watcher.watch(request.rooms) });
    } catch (error) {
      logger.error("A live client could not be served.", { reason: String(error) });
      socket.disconnect(true);
    } finally {
      asked -= 1;
    }
  });
  socket.on("disconnect", () => watcher[Symbol.dispose]());
}

function send(socket: LiveSocket, event: LiveEvent): void {
  const data =
    event.name === "topic-message" || event.name === "debug-message" ? asJson(event.data) : event.data;
  // The event's name and data belong together by its type; the emitter cannot know that of a union.
  (socket.emit as (name: string, data: unknown) => void).call(socket, event.name, data);
}

/** Whether the packets that wait for the network are within bounds. */
function hasRoom(socket: LiveSocket): boolean {
  const waiting = (socket.conn as unknown as { writeBuffer: readonly { data?: unknown }[] }).writeBuffer;
  if (waiting.length === 0) return true;
  if (waiting.length >= MOST_WAITING) return false;
  let characters = 0;
  for (const { data } of waiting) characters += typeof data === "string" ? data.length : 0;
  return characters < MOST_WAITING_CHARACTERS;
}
