// Groups and reading: each entry goes to one consumer of a group, oldest first, and a waiting reader hears at once.
import { expect, test } from "vitest";
import { bodies, pendingOf, reader, readNow, Source, settle, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

const never = () => new AbortController().signal;

export function readContract({ shared }: Given): void {
  test("makes a group once, and leaves one that exists in its place", async () => {
    const backend = shared();
    const stream = someTopic();
    expect(await backend.streams.ensureGroup(stream, "flow/node", "start")).toBe("made");
    await new Source(backend, stream).publish("a");
    expect(bodies(await readNow(backend, reader(stream)))).toEqual(["a"]);
    expect(await backend.streams.ensureGroup(stream, "flow/node", "start")).toBe("existed");
    expect(await readNow(backend, reader(stream))).toEqual([]);
  });

  test("starts a new group at the end, or at the oldest entry when asked", async () => {
    const backend = shared();
    const stream = someTopic();
    const source = new Source(backend, stream);
    await source.publish("old");
    await backend.streams.ensureGroup(stream, "flow/new", "new");
    await backend.streams.ensureGroup(stream, "flow/start", "start");
    await source.publish("fresh");
    expect(bodies(await readNow(backend, reader(stream, "e:1", "flow/new")))).toEqual(["fresh"]);
    expect(bodies(await readNow(backend, reader(stream, "e:1", "flow/start")))).toEqual(["old", "fresh"]);
  });

  test("hands each entry to one consumer of the group, oldest first, up to count", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a", "b", "c", "d", "e");
    expect(bodies(await readNow(backend, reader(stream, "e:1"), 2))).toEqual(["a", "b"]);
    expect(bodies(await readNow(backend, reader(stream, "e:2"), 2))).toEqual(["c", "d"]);
    expect(bodies(await readNow(backend, reader(stream, "e:1"), 2))).toEqual(["e"]);
    expect(await readNow(backend, reader(stream, "e:2"), 2)).toEqual([]);
  });

  test("hands a new entry out with 0 deliveries and no fields", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const [id] = await new Source(backend, stream).publish("a");
    const read = await readNow(backend, reader(stream));
    expect(read.map(({ body: _, ...rest }) => rest)).toEqual([
      { id, fields: undefined, deliveries: 0, failures: 0 },
    ]);
  });

  test("answers with nothing when the wait is over", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    expect(await backend.streams.read(reader(stream), { count: 1, waitMs: 20, signal: never() })).toEqual([]);
  });

  test("wakes a waiting reader when something is published", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const reading = backend.streams.read(reader(stream), { count: 9, waitMs: 25_000, signal: never() });
    await new Source(backend, stream).publish("a");
    expect(bodies(await reading)).toEqual(["a"]);
  });

  test("wakes a waiting reader when a commit appends", async () => {
    const backend = shared();
    const stream = someTopic();
    const next = { ...stream, topic: "next" };
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await backend.streams.ensureGroup(next, "flow/next", "new");
    const reading = backend.streams.read(reader(next, "e:1", "flow/next"), {
      count: 9,
      waitMs: 25_000,
      signal: never(),
    });
    await new Source(backend, stream).publish("a");
    const [entry] = await readNow(backend, reader(stream));
    const body = Buffer.from("b");
    await backend.streams.commit([
      settle(reader(stream), entry?.id ?? "", [{ kind: "append", stream: next, body }]),
    ]);
    expect(bodies(await reading)).toEqual(["b"]);
  });

  test("ends a wait with nothing when the signal is aborted, before or meanwhile", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const abort = new AbortController();
    const reading = backend.streams.read(reader(stream), { count: 1, waitMs: 25_000, signal: abort.signal });
    abort.abort();
    expect(await reading).toEqual([]);
    const late = { count: 1, waitMs: 25_000, signal: abort.signal };
    expect(await backend.streams.read(reader(stream), late)).toEqual([]);
    await new Source(backend, stream).publish("a");
    expect(bodies(await readNow(backend, reader(stream)))).toEqual(["a"]);
  });

  test("serves a hundred waiting readers of a hundred streams at once", async () => {
    const backend = shared();
    const { flow } = someTopic();
    const streams = Array.from({ length: 100 }, (_, index) => ({ flow, topic: `t${index}` }));
    await Promise.all(streams.map((stream) => backend.streams.ensureGroup(stream, "flow/node", "new")));
    const readings = streams.map((stream) =>
      backend.streams.read(reader(stream), { count: 1, waitMs: 25_000, signal: never() }),
    );
    await Promise.all(streams.map((stream) => new Source(backend, stream).publish(stream.topic)));
    const read = await Promise.all(readings);
    expect(read.flatMap(bodies)).toEqual(streams.map((stream) => stream.topic));
  });

  test("skips nothing while entries are published and read at the same time", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const source = new Source(backend, stream);
    const texts = Array.from({ length: 300 }, (_, index) => `m${index}`);
    const seen: (string | undefined)[] = [];
    const reading = (async () => {
      while (seen.length < texts.length) {
        seen.push(
          ...bodies(
            await backend.streams.read(reader(stream), { count: 7, waitMs: 25_000, signal: never() }),
          ),
        );
      }
    })();
    for (const each of texts) await source.publish(each);
    await reading;
    expect(seen).toEqual(texts);
  });

  test("makes a group that is missing anew at the oldest entry", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a", "b");
    await backend.streams.removeGroup(stream, "flow/node");
    expect(bodies(await readNow(backend, reader(stream)))).toEqual(["a", "b"]);
  });

  test("makes a group that vanished while it is waited for anew", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const reading = backend.streams.read(reader(stream), { count: 9, waitMs: 25_000, signal: never() });
    await backend.streams.removeGroup(stream, "flow/node");
    await new Source(backend, stream).publish("a");
    expect(bodies(await reading)).toEqual(["a"]);
  });

  test("gives a consumer what it holds, page by page, and leaves what is settled out", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const ids = await new Source(backend, stream).publish("a", "b", "c", "d");
    const mine = reader(stream, "e:1");
    await readNow(backend, mine);
    await backend.streams.commit([settle(mine, ids[1] ?? "")]);
    const first = await backend.streams.readOwnPending(mine, "0", 2);
    expect(bodies(first)).toEqual(["a", "c"]);
    expect(bodies(await backend.streams.readOwnPending(mine, first[1]?.id ?? "", 2))).toEqual(["d"]);
    expect(bodies(await pendingOf(backend, mine))).toEqual(["a", "c", "d"]);
    expect(await pendingOf(backend, reader(stream, "e:2"))).toEqual([]);
  });

  test("hands nothing out to a reader whose lease is in another epoch", async () => {
    const backend = shared();
    const stream = someTopic();
    const lease = { flow: stream.flow, name: "part" };
    const { epoch } = await backend.leases.take(lease, "engine-a", { owner: "", epoch: 0, beat: 0 });
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a");
    const read = (of: number) =>
      backend.streams.read(reader(stream), {
        count: 9,
        waitMs: 60_000,
        signal: new AbortController().signal,
        fence: { lease, epoch: of },
      });
    expect(await read(epoch + 1)).toEqual([]);
    expect(bodies(await read(epoch))).toEqual(["a"]);
  });
}
