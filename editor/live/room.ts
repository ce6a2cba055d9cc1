// Holding a live room while a component is on screen.
import { useEffect } from "react";
import { useEditor } from "../editor.ts";

/** Hears a room as long as the component is mounted; null holds none. */
export function useRoom(room: string | null): void {
  const { liveClient } = useEditor();
  useEffect(() => (room === null ? undefined : liveClient.hold(room)), [liveClient, room]);
}
