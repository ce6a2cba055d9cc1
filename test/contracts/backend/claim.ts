// Taking over from consumers that are gone.
import { expect, test } from "vitest";
import { bodies, pendingOf, reader, readNow, Source, settle, someTopic } from "./given.ts";
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
    expect(await backend.streams.claim(now, "e:")).toBe(2);
    expect(bodies(await pendingOf(backend, now))).toEqual(["a", "b", "d"]);
    expect(bodies(await pendingOf(backend, reader(stream, "other:1")))).toEqual(["c"]);
    expect(await backend.streams.claim(now, "e:")).toBe(0);
  });

  test("counts how often an entry was handed out", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await new Source(backend, stream).publish("a");
    await readNow(backend, reader(stream, "e:1"));
    const deliveries: (number | undefined)[] = [];
    for (const consumer of ["e:2", "e:3", "e:4"]) {
      await backend.streams.claim(reader(stream, consumer), "e:");
      deliveries.push((await pendingOf(backend, reader(stream, consumer)))[0]?.deliveries);
    }
    expect(deliveries).toEqual([2, 3, 4]);
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
    await backend.streams.claim(reader(stream, "e:2"), "e:");
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
    expect(await backend.streams.claim(now, "e:1")).toBe(2);
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
    expect(await backend.streams.claim(reader(stream, "e:2"), "e:")).toBe(2500);
    const held = await backend.streams.readOwnPending(reader(stream, "e:2"), "0", 5000);
    expect(bodies(held)).toEqual(texts);
  });
}
