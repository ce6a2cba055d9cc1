// What becomes of messages when a stream is full.
import { expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { worker } from "../../support/flow-runner.ts";
import { line, lineFlow } from "./line.ts";

export function roomContract(open: () => Promise<Backend>): void {
  test("a full topic that drops its oldest messages keeps the newest, and counts what it dropped", async () => {
    const { work, release } = held();
    await using flow = await line(open, work, lineFlow({ limit: 200, overflow: "drop-oldest" }));
    for (let number = 0; number < 400; number++) await flow.source.emit(number);
    const { length } = await flow.stream("input").info();
    expect(length).toBeLessThanOrEqual(200);
    expect(flow.runtime.topics.get("input")?.dropped).toBeGreaterThanOrEqual(200);
    release();
    await flow.sink.got(length);
    await flow.settled("input", "output");
    expect(flow.sink.payloads().slice(-100)).toEqual(Array.from({ length: 100 }, (_, index) => 300 + index));
  });

  test("hands all messages of a stream to its reader, however few may wait there", async () => {
    const { work, release } = held();
    await using flow = await line(open, work, lineFlow({ limit: 1, overflow: "fail" }));
    // All in one turn: the stream has them before it is known to be full.
    await Promise.all(Array.from({ length: 50 }, (_, number) => flow.source.emit(number)));
    await expect(flow.source.emit("too many")).rejects.toThrow("full");
    release();
    await flow.sink.got(50);
    expect(flow.sink.payloads()).toEqual(Array.from({ length: 50 }, (_, number) => number));
  });
}

/** A node that handles nothing until it is released. */
function held() {
  const gate = Promise.withResolvers<void>();
  const work = worker("work", async (message, context) => {
    await gate.promise;
    await context.emit("out", message.payload);
  });
  return { work, release: gate.resolve };
}
