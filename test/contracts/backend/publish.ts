// Publishing to a stream: in order, and each body once, however often it is repeated.
import { expect, test } from "vitest";
import { all, bytes, reader, readNow, Source, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

export function publishContract({ shared }: Given): void {
  test("appends in order and answers with growing ids", async () => {
    const backend = shared();
    const stream = someTopic();
    const ids = await new Source(backend, stream).publish("a", "b", "c");
    const { entries } = await backend.streams.range(stream, { from: "0", limit: 10 });
    expect(entries.map((entry) => entry.id)).toEqual(ids);
    expect(await all(backend, stream)).toEqual(["a", "b", "c"]);
    expect(ids.every((id) => /^\d+-\d+$/.test(id))).toBe(true);
  });

  test("leaves one entry when a publish is repeated", async () => {
    const backend = shared();
    const stream = someTopic();
    const producer = { id: "p", sequence: 5 };
    const first = await backend.streams.publish(stream, producer, [bytes("a"), bytes("b")]);
    const again = await backend.streams.publish(stream, producer, [bytes("a"), bytes("b")]);
    expect(first.ids.every((id) => id !== undefined)).toBe(true);
    expect(again.ids).toEqual([undefined, undefined]);
    expect(await all(backend, stream)).toEqual(["a", "b"]);
  });

  test("appends only what is new of a batch that overlaps an earlier one", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a"), bytes("b")]);
    const { ids } = await backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b"), bytes("c")]);
    expect(ids.map((id) => id !== undefined)).toEqual([false, true]);
    expect(await all(backend, stream)).toEqual(["a", "b", "c"]);
  });

  test("takes an empty list for nothing", async () => {
    const backend = shared();
    const stream = someTopic();
    expect(await backend.streams.publish(stream, { id: "p", sequence: 7 }, [])).toEqual({
      ids: [],
      waiting: 0,
    });
    await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
    expect(await all(backend, stream)).toEqual(["a"]);
  });

  test("keeps producers and streams apart", async () => {
    const backend = shared();
    const one = someTopic();
    const two = someTopic();
    await backend.streams.publish(one, { id: "p", sequence: 0 }, [bytes("p to one")]);
    await backend.streams.publish(one, { id: "q", sequence: 0 }, [bytes("q to one")]);
    await backend.streams.publish(two, { id: "p", sequence: 0 }, [bytes("p to two")]);
    expect(await all(backend, one)).toEqual(["p to one", "q to one"]);
    expect(await all(backend, two)).toEqual(["p to two"]);
  });

  test("keeps the order of calls that are made without awaiting", async () => {
    const backend = shared();
    const stream = someTopic();
    const source = new Source(backend, stream);
    const texts = Array.from({ length: 200 }, (_, index) => `m${index}`);
    await Promise.all(texts.map((each) => source.publish(each)));
    expect(await all(backend, stream)).toEqual(texts);
  });

  test("carries every byte value, and nothing at all", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "start");
    const body = Uint8Array.from({ length: 256 }, (_, value) => value);
    await backend.streams.publish(stream, { id: "p", sequence: 0 }, [body, new Uint8Array()]);
    const read = await readNow(backend, reader(stream));
    expect(read.map((entry) => Buffer.from(entry.body ?? []).toString("hex"))).toEqual([
      Buffer.from(body).toString("hex"),
      "",
    ]);
  });

  test("carries a body of a megabyte", async () => {
    const backend = shared();
    const stream = someTopic();
    const body = Buffer.alloc(1_000_000, "x");
    await backend.streams.publish(stream, { id: "p", sequence: 0 }, [body]);
    const { entries } = await backend.streams.range(stream, { limit: 1 });
    expect(body.equals(entries[0]?.body ?? new Uint8Array())).toBe(true);
  });

  test("says how many messages the slowest group has still to settle", async () => {
    const backend = shared();
    const stream = someTopic();
    const source = new Source(backend, stream);
    const waitingAfter = async (sequence: number, ...texts: string[]) =>
      (await backend.streams.publish(stream, { id: "p", sequence }, texts.map(bytes))).waiting;
    await source.publish("before any group");
    expect(await waitingAfter(0, "a")).toBe(0);
    await backend.streams.ensureGroup(stream, "flow/quick", "new");
    await backend.streams.ensureGroup(stream, "flow/slow", "new");
    expect(await waitingAfter(1, "b", "c")).toBe(2);
    const quick = reader(stream, "e:1", "flow/quick");
    for (const { id } of await readNow(backend, quick)) {
      await backend.streams.commit([{ inputs: [{ subscription: quick, id }], effects: [] }]);
    }
    expect(await waitingAfter(3, "d")).toBe(3);
    const slow = reader(stream, "e:1", "flow/slow");
    const read = await readNow(backend, slow, 2);
    expect(await waitingAfter(4, "e")).toBe(4);
    await backend.streams.commit(
      read.map(({ id }) => ({ inputs: [{ subscription: slow, id }], effects: [] })),
    );
    expect(await waitingAfter(5, "f")).toBe(3);
  });

  test("refuses a producer whose lease is in another epoch, and takes nothing of it", async () => {
    const backend = shared();
    const stream = someTopic();
    const lease = { flow: stream.flow, name: "node:timer" };
    const { epoch } = await backend.leases.take(lease, "engine-a", { owner: "", epoch: 0, beat: 0 });
    const publish = (sequence: number, of: number) =>
      backend.streams.publish(stream, { id: "p", sequence, fence: { lease, epoch: of } }, [
        bytes(`${sequence}`),
      ]);
    await publish(0, epoch);
    await expect(publish(1, epoch + 1)).rejects.toMatchObject({ code: "backend/fenced" });
    await publish(2, epoch);
    expect(await all(backend, stream)).toEqual(["0", "2"]);
  });

  test("keeps the parts of a divided topic apart", async () => {
    const backend = shared();
    const whole = someTopic();
    const parts = [0, 1].map((partition) => ({ ...whole, partition }));
    for (const part of parts) await new Source(backend, part).publish(`${part.partition}`);
    expect(await Promise.all([...parts, whole].map((each) => all(backend, each)))).toEqual([
      ["0"],
      ["1"],
      [],
    ]);
  });

  test("takes names with braces, colons, spaces and other scripts for what they are", async () => {
    const backend = shared();
    const { flow } = someTopic();
    const names = ["a", "a:producers", "{a}", "}a{", "a%3Aproducers", "mit Lücke", "主题", "a*", "a/b"];
    for (const topic of names) await new Source(backend, { flow, topic }).publish(topic);
    for (const topic of names) expect(await all(backend, { flow, topic })).toEqual([topic]);
  });

  test("keeps a shared topic apart from a flow's own of the same name", async () => {
    const backend = shared();
    const own = someTopic("/alert");
    const everyones = { flow: undefined, topic: `/alert/${own.flow}` };
    await new Source(backend, own).publish("own");
    await new Source(backend, everyones).publish("everyone's");
    expect(await all(backend, own)).toEqual(["own"]);
    expect(await all(backend, everyones)).toEqual(["everyone's"]);
  });
}
