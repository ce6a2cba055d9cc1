// Opening and closing.
import { expect, test } from "vitest";
import { bytes, reader, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

export function lifecycleContract({ shared, open }: Given): void {
  test("is up, and says what it is", () => {
    const { up, text } = shared().health();
    expect(up).toBe(true);
    expect(text.length).toBeGreaterThan(0);
  });

  test("ends waiting reads when it is closed, and refuses what comes later", async () => {
    const backend = await open();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const reading = backend.streams
      .read(reader(stream), { count: 1, waitMs: 25_000, signal: new AbortController().signal })
      .then(
        () => "ended",
        (error) => error.code,
      );
    await backend[Symbol.asyncDispose]();
    expect(["ended", "backend/closed"]).toContain(await reading);
    const refusal = expect.objectContaining({ code: "backend/closed" });
    await expect(backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")])).rejects.toEqual(
      refusal,
    );
    await expect(backend.state.get("global", "k")).rejects.toEqual(refusal);
    await backend[Symbol.asyncDispose]();
  });
}
