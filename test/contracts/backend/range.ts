// Looking at a stream, and removing what nobody needs any more.
import { expect, test } from "vitest";
import { all, bodies, bytes, reader, readNow, Source, settle, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

export function rangeContract({ shared }: Given): void {
  test("gives pages from the oldest on, each saying where the next begins", async () => {
    const backend = shared();
    const stream = someTopic();
    await new Source(backend, stream).publish("a", "b", "c", "d", "e");
    const pages: (string | undefined)[][] = [];
    for (let from: string | null = "0"; from !== null; ) {
      const page: Awaited<ReturnType<typeof backend.streams.range>> = await backend.streams.range(stream, {
        from,
        limit: 2,
      });
      pages.push(bodies(page.entries));
      from = page.next;
    }
    expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  test("gives the newest, oldest first, when it is not said where to begin", async () => {
    const backend = shared();
    const stream = someTopic();
    const ids = await new Source(backend, stream).publish("a", "b", "c");
    const newest = await backend.streams.range(stream, { limit: 2 });
    expect([bodies(newest.entries), newest.next]).toEqual([["b", "c"], null]);
    const upTo = await backend.streams.range(stream, { to: ids[1] ?? "", limit: 1 });
    expect(bodies(upTo.entries)).toEqual(["b"]);
  });

  test("takes both ends as they are given, whole ids or only milliseconds", async () => {
    const backend = shared();
    const stream = someTopic();
    const ids = await new Source(backend, stream).publish("a", "b", "c", "d");
    const range = async (from: string, to: string) =>
      bodies((await backend.streams.range(stream, { from, to, limit: 10 })).entries);
    expect(await range(ids[1] ?? "", ids[2] ?? "")).toEqual(["b", "c"]);
    const ms = (index: number) => (ids[index] ?? "").split("-")[0] ?? "";
    expect(await range(ms(0), ms(3))).toEqual(["a", "b", "c", "d"]);
  });

  test("refuses what is no place in a stream", async () => {
    const refusal = expect.objectContaining({ code: "backend/entry-id-invalid" });
    await expect(shared().streams.range(someTopic(), { from: "yesterday", limit: 1 })).rejects.toEqual(
      refusal,
    );
  });

  test("knows nothing of a stream that was never written", async () => {
    const backend = shared();
    expect(await backend.streams.range(someTopic(), { from: "0", limit: 10 })).toEqual({
      entries: [],
      next: null,
    });
    expect(await backend.streams.range(someTopic(), { limit: 10 })).toEqual({ entries: [], next: null });
    expect(await backend.streams.info(someTopic())).toEqual({ length: 0, groups: [] });
    expect(await backend.streams.trim(someTopic(), { messages: 0 })).toBe(0);
  });

  test("tells length, and what each group has before it", async () => {
    const backend = shared();
    const stream = someTopic();
    const source = new Source(backend, stream);
    await source.publish("old");
    await backend.streams.ensureGroup(stream, "flow/new", "new");
    await backend.streams.ensureGroup(stream, "flow/start", "start");
    const mine = reader(stream, "e:1", "flow/start");
    const [first] = await readNow(backend, mine, 1);
    await backend.streams.commit([settle(mine, first?.id ?? "")]);
    await source.publish("a", "b");
    await readNow(backend, mine, 1);
    const { length, groups } = await backend.streams.info(stream);
    expect(length).toBe(3);
    expect([...groups].sort((a, b) => a.group.localeCompare(b.group))).toEqual([
      { group: "flow/new", lag: 2, pending: 0, consumers: 0 },
      { group: "flow/start", lag: 1, pending: 1, consumers: 1 },
    ]);
  });

  test("trims to the newest entries when every group has settled", async () => {
    const backend = shared();
    const stream = someTopic();
    await new Source(backend, stream).publish("a", "b", "c", "d", "e");
    expect(await backend.streams.trim(stream, { messages: 2 })).toBe(3);
    expect(await all(backend, stream)).toEqual(["d", "e"]);
    expect(await backend.streams.trim(stream, { messages: 2 })).toBe(0);
    expect(await backend.streams.trim(stream, { messages: 0 })).toBe(2);
    expect(await all(backend, stream)).toEqual([]);
  });

  test("never trims what a group has not read, or not settled", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const ids = await new Source(backend, stream).publish("a", "b", "c", "d", "e");
    const mine = reader(stream);
    expect(await backend.streams.trim(stream, { messages: 0, ageMs: -1000 })).toBe(0);
    await readNow(backend, mine, 4);
    await backend.streams.commit([settle(mine, ids[0] ?? ""), settle(mine, ids[2] ?? "")]);
    expect(await backend.streams.trim(stream, { messages: 0 })).toBe(1);
    expect(await all(backend, stream)).toEqual(["b", "c", "d", "e"]);
    await backend.streams.commit([settle(mine, ids[1] ?? ""), settle(mine, ids[3] ?? "")]);
    expect(await backend.streams.trim(stream, { messages: 0, ageMs: -1000 })).toBe(3);
    expect(await all(backend, stream)).toEqual(["e"]);
    expect(bodies(await readNow(backend, mine))).toEqual(["e"]);
  });

  test("trims what is too old, and keeps what is not", async () => {
    const backend = shared();
    const stream = someTopic();
    await new Source(backend, stream).publish("a", "b");
    expect(await backend.streams.trim(stream, { messages: 100, ageMs: 3_600_000 })).toBe(0);
    expect(await backend.streams.trim(stream, { messages: 100, ageMs: -3_600_000 })).toBe(2);
  });

  test("trims many, exactly", async () => {
    const backend = shared();
    const stream = someTopic();
    const texts = Array.from({ length: 6000 }, (_, index) => bytes(`m${index}`));
    await backend.streams.publish(stream, { id: "p", sequence: 0 }, texts);
    expect(await backend.streams.trim(stream, { messages: 123 })).toBe(5877);
    const left = await all(backend, stream);
    expect([left.length, left[0]]).toEqual([123, "m5877"]);
  });

  test("gives ids that grow after everything was trimmed", async () => {
    const backend = shared();
    const stream = someTopic();
    const source = new Source(backend, stream);
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const [id] = await source.publish("a");
    await readNow(backend, reader(stream));
    await backend.streams.commit([settle(reader(stream), id ?? "")]);
    await backend.streams.trim(stream, { messages: 0 });
    await source.publish("b");
    expect(bodies(await readNow(backend, reader(stream)))).toEqual(["b"]);
  });
}
