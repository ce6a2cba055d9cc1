// Putting entries aside for a while, and taking them up again.
import { expect, test } from "vitest";
import { bodies, eventually, pendingOf, reader, readNow, Source, settle, someTopic, text } from "./given.ts";
import type { Given } from "./suite.ts";

export function deferContract({ shared }: Given): void {
  async function given(...texts: string[]) {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await backend.streams.ensureGroup(stream, "flow/other", "new");
    const ids = await new Source(backend, stream).publish(...texts);
    const mine = reader(stream, "engine-a:1");
    await readNow(backend, mine);
    return { backend, streams: backend.streams, stream, mine, ids, id: ids[0] ?? "" };
  }

  test("keeps an entry from everybody until it is due, and hands it to one", async () => {
    const { backend, streams, stream, mine, id } = await given("a", "b");
    const other = reader(stream, "engine-b:1");
    expect(await streams.defer(mine, id, 20)).toBe(true);
    expect(bodies(await pendingOf(backend, mine))).toEqual(["b"]);
    expect(await streams.claim(other, "engine-a:", 9)).toHaveLength(1);
    const [first, second]: string[][] = [[], []];
    await eventually(async () => {
      const taken = await Promise.all([streams.takeDue(mine, 9), streams.takeDue(other, 9)]);
      first?.push(...taken[0].entries.map((entry) => entry.id));
      second?.push(...taken[1].entries.map((entry) => entry.id));
      return taken.every(({ nextMs }) => nextMs === undefined);
    });
    expect([...(first ?? []), ...(second ?? [])]).toEqual([id]);
  });

  test("counts failures and crashes apart", async () => {
    const { streams, stream, mine, id } = await given("a");
    const seen: number[][] = [];
    let owner = mine;
    for (const consumer of ["engine-b:1", "engine-c:1"]) {
      await streams.defer(owner, id, 0);
      await eventually(async () => {
        const { entries } = await streams.takeDue(owner, 9);
        for (const entry of entries) seen.push([entry.failures, entry.deliveries]);
        return entries.length > 0;
      });
      const next = reader(stream, consumer);
      const [claimed] = await streams.claim(next, owner.consumer, 1);
      seen.push([claimed?.failures ?? 0, claimed?.deliveries ?? 0]);
      owner = next;
    }
    expect(seen).toEqual([
      [1, 0],
      [1, 1],
      [2, 1],
      [2, 2],
    ]);
  });

  test("says how long until the next one is due, and gives them early when asked", async () => {
    const { streams, mine, ids } = await given("a", "b");
    expect(await streams.takeDue(mine, 9)).toEqual({ entries: [], nextMs: undefined });
    await streams.defer(mine, ids[0] ?? "", 60_000);
    await streams.defer(mine, ids[1] ?? "", 30_000);
    const { entries, nextMs = 0 } = await streams.takeDue(mine, 9);
    expect([entries, nextMs > 25_000 && nextMs <= 30_000]).toEqual([[], true]);
    expect(bodies((await streams.takeDue(mine, 1, { early: true })).entries)).toEqual(["b"]);
    expect(bodies((await streams.takeDue(mine, 9, { early: true })).entries)).toEqual(["a"]);
  });

  test("leaves alone what the consumer does not hold", async () => {
    const { streams, stream, mine, id } = await given("a");
    await streams.claim(reader(stream, "engine-b:1"), "engine-a:", 9);
    expect(await streams.defer(mine, id, 1)).toBe(false);
    expect(await streams.defer(mine, "1-1", 1)).toBe(false);
    expect(await streams.takeDue(mine, 9, { early: true })).toEqual({ entries: [], nextMs: undefined });
  });

  test("counts what is put aside as pending, and no group's trim removes it", async () => {
    const { backend, streams, stream, mine, id } = await given("a", "b");
    await streams.defer(mine, id, 60_000);
    await streams.commit((await pendingOf(backend, mine)).map((entry) => settle(mine, entry.id)));
    const other = reader(stream, "engine-a:1", "flow/other");
    await streams.commit((await readNow(backend, other)).map((entry) => settle(other, entry.id)));
    await streams.trim(stream, { messages: 0 });
    const { groups, length } = await streams.info(stream);
    expect([length, groups.find(({ group }) => group === "flow/node")?.pending]).toEqual([2, 1]);
    const { entries } = await streams.takeDue(mine, 9, { early: true });
    expect(await streams.commit(entries.map((entry) => settle(mine, entry.id)))).toEqual([true]);
    await streams.trim(stream, { messages: 0 });
    expect((await streams.info(stream)).length).toBe(0);
  });

  test("is as good as settled for a commit of the one who put it aside", async () => {
    const { streams, mine, id } = await given("a");
    await streams.defer(mine, id, 60_000);
    expect(await streams.commit([settle(mine, id)])).toEqual([false]);
  });

  test("removes single entries, and puts others in their place once", async () => {
    const { backend, streams, stream, mine, ids } = await given("a", "b", "c");
    const back = { ...stream, topic: "back" };
    const removals = [
      { id: ids[0] ?? "", instead: { stream: back, body: Buffer.from("again") } },
      { id: ids[1] ?? "" },
    ];
    const answers = await Promise.all([streams.remove(stream, removals), streams.remove(stream, removals)]);
    expect(answers).toEqual([
      [true, true],
      [false, false],
    ]);
    const left = await streams.range(stream, { from: "0", limit: 9 });
    const put = await streams.range(back, { from: "0", limit: 9 });
    expect([bodies(left.entries), bodies(put.entries)]).toEqual([["c"], ["again"]]);
    expect(bodies(await pendingOf(backend, mine))).toEqual(["c"]);
  });

  test("says of entries that are meant for one group which one it is", async () => {
    const { backend, streams, stream, mine } = await given("a");
    const group = "flow/other";
    await streams.publish(stream, { id: "p", sequence: 0 }, [Buffer.from("b")], { group });
    const [entry] = (await streams.range(stream, { limit: 1 })).entries;
    await streams.remove(stream, [
      { id: entry?.id ?? "", instead: { stream, body: Buffer.from("c"), group } },
    ]);
    const seen = (entries: readonly { body: Uint8Array | undefined; group?: string }[]) =>
      entries.map((each) => [text(each.body), each.group]);
    expect(seen(await readNow(backend, mine))).toEqual([["c", group]]);
    expect(seen(await pendingOf(backend, mine))).toEqual([
      ["a", undefined],
      ["c", group],
    ]);
    const all = await streams.range(stream, { from: "0", limit: 9 });
    expect(seen(all.entries)).toEqual([
      ["a", undefined],
      ["c", group],
    ]);
  });

  test("drops the oldest, settled or not, and says how many were not", async () => {
    const { backend, streams, stream, mine, ids } = await given("a", "b", "c", "d");
    const other = reader(stream, "engine-a:1", "flow/other");
    const read = await readNow(backend, other, 2);
    await streams.commit(read.slice(0, 1).map((entry) => settle(other, entry.id)));
    await streams.commit([settle(mine, ids[0] ?? "")]);
    expect(await streams.drop(stream, 2)).toBe(1);
    expect(await streams.drop(stream, 2)).toBe(0);
    expect(bodies(await pendingOf(backend, mine))).toEqual(["c", "d"]);
    expect((await readNow(backend, other)).map(({ body }) => text(body))).toEqual(["c", "d"]);
    const { length, groups } = await streams.info(stream);
    expect([length, groups.map(({ lag, pending }) => lag + pending)]).toEqual([2, [2, 2]]);
    const third = reader(stream, "engine-a:1", "flow/third");
    await streams.ensureGroup(stream, third.group, "start");
    await new Source(backend, stream).publish("e", "f");
    await streams.drop(stream, 1);
    expect((await readNow(backend, third)).map(({ body }) => text(body))).toEqual(["f"]);
    const { groups: after } = await streams.info(stream);
    expect(after.map(({ lag, pending }) => lag + pending)).toEqual([1, 1, 1]);
  });

  test("keeps about so many bytes", async () => {
    const backend = shared();
    const stream = someTopic();
    await new Source(backend, stream).publish(...Array.from({ length: 1000 }, () => "x".repeat(1000)));
    await backend.streams.trim(stream, { messages: 1000, bytes: 500_000 });
    const { length } = await backend.streams.info(stream);
    expect([length > 300, length < 600]).toEqual([true, true]);
  });
}
