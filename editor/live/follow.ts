// Which live rooms are heard: those of the flow on the canvas.
import type { DocumentStore } from "../document/store.ts";
import type { LiveClient } from "./client.ts";

/** Hears status, numbers and debug messages of the flow on the canvas, once it runs somewhere. */
export function followRooms(document: DocumentStore, liveClient: LiveClient): void {
  let release: (() => void)[] = [];
  let watched: string | null = null;
  const follow = () => {
    const { open: name, documents } = document.state.getState();
    const runs = name !== null && (documents[name]?.revision ?? 0) > 0 ? name : null;
    if (runs === watched) return;
    watched = runs;
    const before = release;
    release =
      runs === null ? [] : ["status", "stats", "debug"].map((room) => liveClient.hold(`${room}:${runs}`));
    for (const end of before) end();
  };
  document.state.subscribe(follow);
  follow();
}
