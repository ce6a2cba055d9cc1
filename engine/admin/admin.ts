// Opens the admin API and the editor on one port, and closes them in order.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, type ClockTimer, systemClock } from "../base/clock.ts";
import { Owned } from "../base/disposable.ts";
import { cannotListen, portInUse } from "../base/errors/admin.ts";
import { errorText } from "../base/errors/error.ts";
import type { Logger } from "../base/logger.ts";
import type { EngineControl } from "../control.ts";
import { Access } from "./access/access.ts";
import { bracketed, namesOf } from "./access/origin.ts";
import { makeApp } from "./app.ts";
import { serveLive } from "./live/live.ts";

/** How long requests in flight may take when the server closes. */
const CLOSE_MS = 5_000;

export interface AdminOptions {
  readonly engine: EngineControl;
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly token: string;
  /** The built editor; null: no editor is served. */
  readonly editorFolder: string | null;
  readonly logger: Logger;
  /** More names (with their port, unless it is the scheme's own) that Host and Origin may have: of a proxy. */
  readonly allowedHosts?: readonly string[];
  readonly clock?: Clock;
  /** Answer `GET /metrics` without a token. */
  readonly openMetrics?: boolean;
}

export interface AdminServer extends AsyncDisposable {
  /** Where a browser on this machine finds it, without a path. */
  readonly url: string;
  readonly port: number;
}

/** Resolves when the port is open. Disposing ends live connections and waits for requests in flight. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { engine, host, logger, clock = systemClock } = options;
  const owned = new Owned();
  let lastResort: ClockTimer | undefined;
  owned.defer(() => lastResort?.cancel());
  const server = createServer();
  const port = await listen(server, host, options.port, logger);
  const access = new Access({ token: options.token, port, clock });
  owned.add(access);
  const names = namesOf(host, port, options.allowedHosts ?? []);
  const shared = { engine, access, names, logger };
  server.on(
    "request",
    makeApp({ ...shared, editorFolder: options.editorFolder, openMetrics: options.openMetrics ?? false }),
  );
  owned.add(serveLive({ ...shared, server, clock }));
  owned.defer(() => {
    server.closeIdleConnections();
    lastResort = clock.schedule(CLOSE_MS, () => server.closeAllConnections());
  });
  const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return {
    url: `http://${bracketed(shownHost)}:${port}`,
    port,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

function listen(server: Server, host: string, port: number, logger: Logger): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(
        inUse
          ? portInUse({ port }, { cause: error })
          : cannotListen({ host, port, reason: errorText(error) }, { cause: error }),
      );
    });
    // Under a supervisor, ports are shared among its workers unless said otherwise.
    server.listen({ port, host, exclusive: true }, () => {
      server.removeAllListeners("error");
      server.on("error", (error) => logger.error(`The admin API has trouble: ${errorText(error)}`));
      resolve((server.address() as AddressInfo).port);
    });
  });
}
