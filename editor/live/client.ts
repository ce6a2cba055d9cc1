// The socket to the engine. Parts of the editor hold rooms while they need them; events are gathered and written
// to the live store once per frame.
import { io, type Socket } from "socket.io-client";
import type { ClientToServerEvents, DeployEvent, ServerToClientEvents } from "../../engine/admin/api.ts";
import { createIntake } from "./intake.ts";
import type { LiveStore } from "./store.ts";

export interface LiveClient {
  connect(): void;
  disconnect(): void;
  /** Hears a room (`status:<flow>`, `tap:<flow>/<topic>`, `log` …) until the returned function is called. */
  hold(room: string): () => void;
  /** Tells that the connection is there again after it was lost. Returns how to stop. */
  onReturn(listener: () => void): () => void;
  /** Tells of the end of a deploy, anyone's. Returns how to stop. */
  onDeploy(listener: (event: DeployEvent) => void): () => void;
}

export function createLiveClient(live: LiveStore): LiveClient {
  const rooms = new Map<string, number>();
  const deployListeners = new Set<(event: DeployEvent) => void>();
  const returnListeners = new Set<() => void>();
  let lost = false;
  const intake = createIntake(live, (flush) => requestAnimationFrame(flush));
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
    path: "/live",
    autoConnect: false,
    transports: ["websocket", "polling"],
  });
  let scheduled = false;

  const watch = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      if (socket.connected) socket.emit("watch", { rooms: [...rooms.keys()] });
    });
  };

  socket.on("connect", () => {
    live.setState({ connection: "connected" });
    watch();
    if (lost) for (const listener of returnListeners) listener();
    lost = false;
  });
  socket.on("disconnect", () => {
    lost = true;
    // What it told is not known to be true any more.
    live.setState({ connection: "disconnected", nodes: {}, topics: {} });
  });
  socket.on("connect_error", () => live.setState({ connection: "disconnected" }));
  socket.on("node-status", intake.status);
  socket.on("topic-stats", intake.stats);
  socket.on("debug-message", intake.debug);
  socket.on("topic-message", intake.message);
  socket.on("log-line", intake.log);
  socket.on("left-out", intake.leftOut);
  socket.on("engine-change", (engines) => live.setState({ engines }));
  socket.on("deploy-end", (event) => {
    for (const listener of deployListeners) listener(event);
  });

  return {
    connect: () => {
      live.setState({ connection: "connecting" });
      socket.connect();
    },
    disconnect: () => {
      socket.disconnect();
    },
    hold: (room) => {
      rooms.set(room, (rooms.get(room) ?? 0) + 1);
      watch();
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        const left = (rooms.get(room) ?? 1) - 1;
        if (left === 0) rooms.delete(room);
        else rooms.set(room, left);
        watch();
      };
    },
    onReturn: (listener) => {
      returnListeners.add(listener);
      return () => returnListeners.delete(listener);
    },
    onDeploy: (listener) => {
      deployListeners.add(listener);
      return () => deployListeners.delete(listener);
    },
  };
}
