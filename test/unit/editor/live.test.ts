// What engines tell: gathered per frame, kept in rings, apart from the drafts.
import { describe, expect, it } from "vitest";
import { createIntake } from "../../../editor/live/intake.ts";
import { createLiveStore, DEBUG_LIMIT, liveKey, TAP_LIMIT } from "../../../editor/live/store.ts";

const status = (node: string, text: string) =>
  ({ flow: "main", node, state: "running", text, level: "ok", time: 1 }) as const;
const debug = (value: unknown) =>
  ({ flow: "main", node: "show", label: "", time: 1, value, cut: false, message: null }) as const;

/** An intake whose frames come when the test says so. */
function framed() {
  const live = createLiveStore();
  const frames: (() => void)[] = [];
  let writes = 0;
  live.subscribe(() => {
    writes += 1;
  });
  const intake = createIntake(live, (flush) => frames.push(flush));
  return {
    live,
    intake,
    frame: () => {
      for (const flush of frames.splice(0)) flush();
      return writes;
    },
  };
}

describe("live data", () => {
  it("is written once per frame, however much came", () => {
    const { live, intake, frame } = framed();
    for (let index = 0; index < 50; index += 1) {
      intake.status(status("a", `${index}`));
      intake.debug(debug(index));
    }
    expect(live.getState().nodes).toEqual({});
    expect(frame()).toBe(1);
    expect(live.getState().nodes[liveKey("main", "a")]?.text).toBe("49");
    expect(live.getState().debug.map((entry) => entry.value)).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
  });

  it("keeps the newest debug messages, each with a number of its own", () => {
    const { live, intake, frame } = framed();
    for (let index = 0; index < DEBUG_LIMIT + 20; index += 1) intake.debug(debug(index));
    frame();
    intake.debug(debug("last"));
    frame();
    const entries = live.getState().debug;
    expect(entries.length).toBe(DEBUG_LIMIT);
    expect(entries.at(-1)?.value).toBe("last");
    expect(new Set(entries.map((entry) => entry.serial)).size).toBe(DEBUG_LIMIT);
  });

  it("keeps the newest messages of each tapped topic", () => {
    const { live, intake, frame } = framed();
    const message = { entry: "", id: "", time: 0, source: "", correlationId: "", attributes: {}, attempt: 1 };
    for (let index = 0; index < TAP_LIMIT + 5; index += 1)
      intake.message({ flow: "main", topic: "/t", message: { ...message, payload: index } });
    frame();
    const kept = live.getState().taps[liveKey("main", "/t")] ?? [];
    expect([kept.length, kept.at(-1)?.message.payload]).toEqual([TAP_LIMIT, TAP_LIMIT + 4]);
  });

  it("changes only the topics that were told of, and counts what rooms left out", () => {
    const { live, intake, frame } = framed();
    const counts = { received: 1, settled: 1, failed: 0, retried: 0, emitted: 2 };
    intake.stats({
      flow: "main",
      topics: [{ topic: "a", rate: 1, waiting: 2, limit: 10 }],
      nodes: [{ node: "n", ...counts }],
    });
    frame();
    const before = live.getState().topics["main/a"];
    intake.stats({ flow: "main", topics: [{ topic: "b", rate: 0, waiting: 0, limit: 10 }], nodes: [] });
    intake.leftOut({ room: "debug:main", count: 3 });
    intake.leftOut({ room: "debug:main", count: 4 });
    frame();
    expect(live.getState().topics["main/a"]).toBe(before);
    expect(live.getState().counts["main/n"]).toEqual(counts);
    expect(live.getState().leftOut).toEqual({ "debug:main": 7 });
  });
});
