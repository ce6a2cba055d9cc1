// Errors of the live rooms.
import { defineError } from "./error.ts";

export const roomUnknown = defineError<{ room: string }>({
  code: "live/unknown-room",
  status: 404,
  explain:
    "A live room was watched that does not exist. Rooms are status:<flow>, debug:<flow>, stats:<flow>, tap:<flow>/<topic>, log, engines and deploy.",
  message: ({ room }) => `There is no live room "${room}". Watch for example "status:main" or "log".`,
});
