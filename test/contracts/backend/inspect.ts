// What a person who asks is told of a backend.
import { expect, test } from "vitest";
import { bytes, reader, readNow, Source, settle, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

export function inspectContract({ shared }: Given): void {
  test("tells the groups of a stream, and who holds how much", async () => {
    const backend = shared();
    const stream = someTopic();
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    await backend.streams.ensureGroup(stream, "flow/idle", "new");
    await new Source(backend, stream).publish("a", "b", "c", "d", "e");
    const [first] = await readNow(backend, reader(stream, "e:1"), 3);
    await readNow(backend, reader(stream, "e:2"), 1);
    await backend.streams.commit([settle(reader(stream, "e:1"), first?.id ?? "")]);
    const groups = (await backend.inspector?.groups(stream)) ?? [];
    const told = groups.map(({ consumers, ...group }) => ({
      ...group,
      consumers: consumers.map(({ name, pending }) => `${name} ${pending}`).toSorted(),
    }));
    expect(told.toSorted((a, b) => a.group.localeCompare(b.group))).toEqual([
      { group: "flow/idle", lag: 5, pending: 0, consumers: [] },
      { group: "flow/node", lag: 1, pending: 3, consumers: ["e:1 2", "e:2 1"] },
    ]);
  });

  test("tells of no groups where there is no stream", async () => {
    expect(await shared().inspector?.groups(someTopic())).toEqual([]);
  });

  test("lists what it holds: streams with their parts, state, leases and revisions", async () => {
    const backend = shared();
    const { flow, topic } = someTopic();
    await new Source(backend, { flow, topic }).publish("a");
    await new Source(backend, { flow, topic, partition: 1 }).publish("a");
    await backend.state.set(`flow:${flow}`, "k", bytes("v"));
    await backend.state.set(`node:${flow}/n`, "k", bytes("v"));
    const draft = { time: 1, author: "Ada", note: "", content: "hash", bundle: "{}" };
    await backend.revisions.append(flow, 0, draft);
    const lease = { flow, name: "node/n" };
    await backend.leases.take(lease, "e:1", { owner: "", epoch: 0, beat: 0 });
    const keys = (await backend.inspector?.keys()) ?? [];
    const mine = keys.filter((key) => JSON.stringify(key).includes(flow));
    const told = mine.flatMap(({ key: _, ...what }) => (what.kind === "other" ? [] : [what]));
    expect(told).toEqual(
      expect.arrayContaining([
        { kind: "stream", address: { flow, topic } },
        { kind: "stream", address: { flow, topic, partition: 1 } },
        { kind: "state", scope: `flow:${flow}` },
        { kind: "state", scope: `node:${flow}/n` },
        { kind: "revisions", flow },
        { kind: "lease", lease },
      ]),
    );
    expect(told).toHaveLength(6);
  });
}
