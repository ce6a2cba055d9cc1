// The log as people read it, as programs read it, and as listeners hear it.
import { describe, expect, it } from "vitest";
import { createLogger, type LogLine } from "../../../engine/base/logger.ts";

function logTo(options: { json: boolean; level?: "debug" | "warn" | "silent" }) {
  const written: string[] = [];
  const logger = createLogger({
    level: options.level ?? "debug",
    json: options.json,
    write: (text) => written.push(text),
  });
  return { logger, written };
}

describe("the log", () => {
  it("writes lines for people: time, level unless it is info, place, text, facts", () => {
    const { logger, written } = logTo({ json: false });
    logger.with({ flow: "main", node: "alarm" }).warn("too hot", { celsius: 90, room: "oven" });
    logger.info("plain");
    expect(written).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d\.\d{3} WARN \[main\/alarm\] too hot {2}celsius=90 {2}room=oven\n$/,
      ),
      expect.stringMatching(/^[\d:.]+ plain\n$/),
    ]);
  });

  it("puts a stack on lines of its own", () => {
    const { logger, written } = logTo({ json: false });
    logger.error("failed", { stack: "Error: no\n    at here" });
    expect(written.join("")).toMatch(/ERROR failed\nError: no\n {4}at here\n$/);
  });

  it("writes one JSON object per line for programs", () => {
    const { logger, written } = logTo({ json: true });
    logger.info("ready", { flow: "main" });
    expect(JSON.parse(written.join(""))).toMatchObject({ level: 30, msg: "ready", flow: "main" });
  });

  it("leaves out what is below its level", () => {
    const { logger, written } = logTo({ json: false, level: "warn" });
    logger.info("quiet");
    expect(written).toEqual([]);
  });

  it.each([true, false])("tells listeners until they are disposed (json: %s)", (json) => {
    const { logger } = logTo({ json });
    const heard: LogLine[] = [];
    const listening = logger.with({ flow: "main" }).onLine((line) => heard.push(line));
    logger.with({ node: "a" }).debug("one", { count: 1 });
    listening[Symbol.dispose]();
    logger.debug("two");
    expect(heard).toEqual([
      { time: expect.any(Number), level: "debug", text: "one", fields: { node: "a", count: 1 } },
    ]);
  });
});
