// Groups follow the newest revision of their flow: it makes and removes them, older ones do neither.
import { expect, test } from "vitest";
import type { AsOf, Backend, Subscription } from "../../../engine/backend/backend.ts";
import { bodies, pendingOf, reader, readNow, Source, settle, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

/** Stores as many revisions of the flow. */
async function revisions(backend: Backend, flow: string, count: number): Promise<(revision: number) => AsOf> {
  const next = { time: 1, author: "test", note: "", content: "", bundle: "{}" };
  for (let base = 0; base < count; base++) await backend.revisions.append(flow, base, next);
  return (revision) => ({ flow, revision });
}

async function groupsOf(backend: Backend, { stream }: Subscription): Promise<string[]> {
  return (await backend.streams.info(stream)).groups.map(({ group }) => group).sort();
}

export function groupContract({ shared }: Given): void {
  test("removing a group says how many it had still to settle, and leaves the messages to the others", async () => {
    const { streams } = shared();
    const stream = someTopic();
    const mine = reader(stream);
    const other = reader(stream, "engine-a:1", "flow/other");
    for (const { group } of [mine, other]) await streams.ensureGroup(stream, group, "new");
    const [first] = await new Source(shared(), stream).publish("a", "b", "c", "d");
    await readNow(shared(), mine, 3);
    await streams.commit([settle(mine, first ?? "")]);
    expect(await streams.removeGroup(stream, mine.group)).toBe(3);
    expect(await groupsOf(shared(), mine)).toEqual([other.group]);
    expect(bodies(await readNow(shared(), other))).toEqual(["a", "b", "c", "d"]);
  });

  test("removing a group that is not there says so, whether there is a stream or not", async () => {
    const { streams } = shared();
    const stream = someTopic();
    expect(await streams.removeGroup(stream, "flow/node")).toBeUndefined();
    await new Source(shared(), stream).publish("a");
    expect(await streams.removeGroup(stream, "flow/node")).toBeUndefined();
  });

  test("what a removed group had put aside goes with it: one of the same name begins without it", async () => {
    const { streams } = shared();
    const stream = someTopic();
    const mine = reader(stream);
    await streams.ensureGroup(stream, mine.group, "new");
    const [id] = await new Source(shared(), stream).publish("a");
    await readNow(shared(), mine);
    expect(await streams.defer(mine, id ?? "", 0)).toBe(true);
    expect(await streams.removeGroup(stream, mine.group)).toBe(1);
    await streams.ensureGroup(stream, mine.group, "new");
    expect(await streams.takeDue(mine, 9, { early: true })).toEqual({ entries: [], nextMs: undefined });
    expect(await pendingOf(shared(), mine)).toEqual([]);
  });

  test("a stream is trimmed past what a removed group had not settled", async () => {
    const { streams } = shared();
    const stream = someTopic();
    await streams.ensureGroup(stream, "flow/gone", "new");
    await new Source(shared(), stream).publish("a", "b", "c");
    expect(await streams.trim(stream, { messages: 0 })).toBe(0);
    await streams.removeGroup(stream, "flow/gone");
    expect(await streams.trim(stream, { messages: 0 })).toBe(3);
  });

  test("only the newest revision makes a group or removes one", async () => {
    const backend = shared();
    const stream = someTopic();
    const { streams } = backend;
    const asOf = await revisions(backend, stream.flow, 2);
    expect(await streams.ensureGroup(stream, "flow/node", "new", asOf(1))).toBe("outdated");
    expect(await streams.ensureGroup(stream, "flow/node", "new", asOf(2))).toBe("made");
    expect(await streams.ensureGroup(stream, "flow/node", "new", asOf(1))).toBe("existed");
    expect(await streams.removeGroup(stream, "flow/node", asOf(1))).toBeUndefined();
    expect(await groupsOf(backend, reader(stream))).toEqual(["flow/node"]);
    expect(await streams.removeGroup(stream, "flow/node", asOf(2))).toBe(0);
    expect(await groupsOf(backend, reader(stream))).toEqual([]);
  });

  test("as on a private topic, so on a shared one, whose revisions are elsewhere", async () => {
    const backend = shared();
    const { flow } = someTopic();
    const stream = { flow: undefined, topic: `/${flow}` };
    const { streams } = backend;
    const asOf = await revisions(backend, flow, 2);
    expect(await streams.ensureGroup(stream, `${flow}/node`, "new", asOf(1))).toBe("outdated");
    expect(await streams.ensureGroup(stream, `${flow}/node`, "new", asOf(2))).toBe("made");
    expect(await streams.ensureGroup(stream, `${flow}/node`, "new", asOf(1))).toBe("existed");
    expect(await streams.removeGroup(stream, `${flow}/node`, asOf(1))).toBeUndefined();
    expect(await streams.removeGroup(stream, `${flow}/node`, asOf(2))).toBe(0);
  });

  test("a group that a newer revision removed is not made anew by one that still reads it, whatever it asks", async () => {
    const backend = shared();
    const stream = someTopic();
    const { streams } = backend;
    const asOf = await revisions(backend, stream.flow, 1);
    const old: Subscription = { ...reader(stream), asOf: asOf(1) };
    await streams.ensureGroup(stream, old.group, "new", asOf(1));
    const [id] = await new Source(backend, stream).publish("a", "b");
    expect(bodies(await readNow(backend, old, 1))).toEqual(["a"]);
    await backend.revisions.append(stream.flow, 1, {
      time: 2,
      author: "test",
      note: "",
      content: "",
      bundle: "{}",
    });
    expect(await streams.removeGroup(stream, old.group, asOf(2))).toBe(2);
    expect(await readNow(backend, old)).toEqual([]);
    expect(await pendingOf(backend, old)).toEqual([]);
    expect(await streams.claim(old, "", 9)).toEqual([]);
    expect(await streams.takeDue(old, 9, { early: true })).toEqual({ entries: [], nextMs: undefined });
    expect(await streams.defer(old, id ?? "", 0)).toBe(false);
    expect(await streams.commit([settle(old, id ?? "")])).toEqual([false]);
    await streams.release(old);
    expect(await groupsOf(backend, old)).toEqual([]);
  });

  test("a group that vanished is made anew by the newest revision, at the oldest entry", async () => {
    const backend = shared();
    const stream = someTopic();
    const asOf = await revisions(backend, stream.flow, 3);
    const mine: Subscription = { ...reader(stream), asOf: asOf(3) };
    await backend.streams.ensureGroup(stream, mine.group, "new", asOf(3));
    await new Source(backend, stream).publish("a", "b");
    await backend.streams.removeGroup(stream, mine.group);
    await backend.streams.release(mine);
    expect(await groupsOf(backend, mine)).toEqual([]);
    expect(bodies(await readNow(backend, mine))).toEqual(["a", "b"]);
  });
}
