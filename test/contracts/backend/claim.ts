// Taking over from consumers that are gone.
import { expect, test } from "vitest";
import { bodies, pendingOf, reader, readNow, Source, settle, someTopic, text } from "./given.ts";
import type { Given } from "./suite.ts";

export function claimContract({ shared }: Given): void {
  test("takes what consumers with the prefix hold, and only theirs", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a", "b", "c", "d");
    const before = [reader(stream, "e:1"), reader(stream, "e:2"), reader(stream, "other:1")];
    for (const each of before) await readNow(backend, each, 1);
    const now = reader(stream, "e:3");
    await readNow(backend, now, 1);
    expect(bodies(await backend.streams.claim(now, "e:", 100)).toSorted()).toEqual(["a", "b"]);
    expect(bodies(await pendingOf(backend, now))).toEqual(["a", "b", "d"]);
    expect(bodies(await pendingOf(backend, reader(stream, "other:1")))).toEqual(["c"]);
    expect(await backend.streams.claim(now, "e:", 100)).toEqual([]);
  });

  test("takes no more than it is asked for, the oldest first; the rest stays where it is", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a", "b", "c");
    await readNow(backend, reader(stream, "e:1"));
    const now = reader(stream, "e:2");
    expect(bodies(await backend.streams.claim(now, "e:", 1))).toEqual(["a"]);
    expect(bodies(await backend.streams.claim(now, "e:", 1))).toEqual(["b"]);
    expect(bodies(await pendingOf(backend, reader(stream, "e:1")))).toEqual(["c"]);
    expect(bodies(await backend.streams.claim(now, "e:", 9))).toEqual(["c"]);
    expect(bodies(await pendingOf(backend, now))).toEqual(["a", "b", "c"]);
  });

  test("counts how often an entry was handed out", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a");
    await readNow(backend, reader(stream, "e:1"));
    const deliveries: (number | undefined)[][] = [];
    for (const consumer of ["e:2", "e:3", "e:4"]) {
      const [taken] = await backend.streams.claim(reader(stream, consumer), "e:", 1);
      const [held] = await pendingOf(backend, reader(stream, consumer));
      deliveries.push([taken?.deliveries, held?.deliveries]);
    }
    expect(deliveries).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  test("does not count what was released: nothing of it ended its owner", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a", "b");
    await readNow(backend, reader(stream, "e:1"));
    await backend.streams.claim(reader(stream, "e:2"), "e:", 1);
    await backend.streams.release(reader(stream, "e:1"));
    await backend.streams.release(reader(stream, "e:2"));
    const taken = await backend.streams.claim(reader(stream, "e:3"), "e:", 9);
    const counts = taken.map(({ body, deliveries }) => `${text(body)} ${deliveries}`);
    expect(counts.toSorted()).toEqual(["a 1", "b 0"]);
  });

  test("does not count what its owner looks at again", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a");
    await readNow(backend, reader(stream));
    await pendingOf(backend, reader(stream));
    expect((await pendingOf(backend, reader(stream))).map((entry) => entry.deliveries)).toEqual([1]);
  });

  test("removes the consumers it took everything from", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a", "b");
    await readNow(backend, reader(stream, "e:1"), 1);
    await readNow(backend, reader(stream, "other:1"), 1);
    await backend.streams.claim(reader(stream, "e:2"), "e:", 9);
    const { groups } = await backend.streams.info(stream);
    expect(groups).toEqual([{ group: "flow/node", lag: 0, pending: 2, consumers: 2 }]);
  });

  test("takes only the unsettled rest of what was handed out together", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const ids = await new Source(backend, stream).publish("a", "b", "c");
    const old = reader(stream, "e:1");
    await readNow(backend, old);
    await backend.streams.commit([settle(old, ids[1] ?? "")]);
    const now = reader(stream, "e:2");
    expect(bodies(await backend.streams.claim(now, "e:1", 9))).toEqual(["a", "c"]);
    expect(bodies(await pendingOf(backend, now))).toEqual(["a", "c"]);
    expect(await backend.streams.commit([settle(old, ids[0] ?? ""), settle(now, ids[2] ?? "")])).toEqual([
      false,
      true,
    ]);
  });

  test("takes thousands", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const texts = Array.from({ length: 2500 }, (_, index) => `m${index}`);
    await new Source(backend, stream).publish(...texts);
    await readNow(backend, reader(stream, "e:1"), 5000);
    expect(bodies(await backend.streams.claim(reader(stream, "e:2"), "e:", 5000))).toEqual(texts);
    const held = await backend.streams.readOwnPending(reader(stream, "e:2"), "0", 5000);
    expect(bodies(held)).toEqual(texts);
  });
}
