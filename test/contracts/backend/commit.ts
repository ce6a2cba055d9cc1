// The commit: effects and acknowledgement in one step, and only for who holds the entry.
import { expect, test } from "vitest";
import type { Effect, TopicAddress } from "../../../engine/backend/backend.ts";
import {
  all,
  bytes,
  eventually,
  pendingOf,
  reader,
  readNow,
  Source,
  settle,
  someTopic,
  text,
} from "./given.ts";
import type { Given } from "./suite.ts";

const append = (stream: TopicAddress, body: string): Effect => ({
  kind: "append",
  stream,
  body: bytes(body),
});

export function commitContract({ shared }: Given): void {
  async function given(...texts: string[]) {
    const backend = shared();
    const stream = someTopic();
    const output = { ...stream, topic: "output" };
    await backend.streams.ensureGroup(stream, "flow/node", "new");
    const ids = await new Source(backend, stream).publish(...texts);
    const mine = reader(stream, "engine-a:1");
    await readNow(backend, mine);
    return { backend, stream, output, mine, ids, id: ids[0] ?? "" };
  }

  test("applies the effects in order and settles the entry", async () => {
    const { backend, stream, output, mine, id } = await given("a");
    const scope = `node:${stream.flow}/node`;
    const heard: string[] = [];
    await using _ = await backend.channels.subscribe({ ...stream, topic: "news" }, (body) => {
      heard.push(text(body) ?? "");
    });
    const applied = await backend.streams.commit([
      settle(mine, id, [
        append(output, "one"),
        { kind: "state", scope, key: "count", value: bytes("1") },
        { kind: "publish", channel: { ...stream, topic: "news" }, body: bytes("first") },
        append(output, "two"),
        { kind: "state", scope, key: "count", value: bytes("2") },
        { kind: "publish", channel: { ...stream, topic: "news" }, body: bytes("second") },
      ]),
    ]);
    expect(applied).toEqual([true]);
    expect(await all(backend, output)).toEqual(["one", "two"]);
    expect(text(await backend.state.get(scope, "count"))).toBe("2");
    expect(await pendingOf(backend, mine)).toEqual([]);
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(["first", "second"]);
  });

  test("does nothing for an entry that is settled already", async () => {
    const { backend, output, mine, id } = await given("a");
    expect(await backend.streams.commit([settle(mine, id, [append(output, "one")])])).toEqual([true]);
    expect(await backend.streams.commit([settle(mine, id, [append(output, "again")])])).toEqual([false]);
    expect(await all(backend, output)).toEqual(["one"]);
  });

  test("does nothing for an entry that another consumer took over", async () => {
    const { backend, stream, output, mine, id } = await given("a");
    const other = reader(stream, "engine-b:1");
    await backend.streams.claim(other, "engine-a:", 9);
    const scope = `node:${stream.flow}/node`;
    const effects: Effect[] = [
      append(output, "zombie"),
      { kind: "state", scope, key: "k", value: bytes("zombie") },
    ];
    expect(await backend.streams.commit([settle(mine, id, effects)])).toEqual([false]);
    expect(await all(backend, output)).toEqual([]);
    expect(await backend.state.get(scope, "k")).toBeUndefined();
    expect(await backend.streams.commit([settle(other, id, [append(output, "owner")])])).toEqual([true]);
    expect(await all(backend, output)).toEqual(["owner"]);
  });

  test("does nothing for an entry that was never handed out, or does not exist", async () => {
    const { backend, stream, output, mine } = await given("a");
    const [unread] = await new Source(backend, stream).publish("b");
    const commits = [unread ?? "", "1-1"].map((id) => settle(mine, id, [append(output, id)]));
    expect(await backend.streams.commit(commits)).toEqual([false, false]);
    expect(await all(backend, output)).toEqual([]);
  });

  test("answers for each of many commits, and applies those that may be", async () => {
    const { backend, stream, output, mine, ids } = await given("a", "b", "c", "d");
    await backend.streams.commit([settle(mine, ids[1] ?? "")]);
    const commits = ids.map((id, index) => settle(mine, id, [append(output, `out ${index}`)]));
    expect(await backend.streams.commit([...commits, ...commits.slice(0, 1)])).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(await all(backend, output)).toEqual(["out 0", "out 2", "out 3"]);
    const { groups } = await backend.streams.info(stream);
    expect(groups).toEqual([{ group: "flow/node", lag: 0, pending: 0, consumers: 1 }]);
  });

  test("settles out of order, and what remains stays pending", async () => {
    const { backend, mine, ids } = await given("a", "b", "c", "d", "e");
    const take = (...indexes: number[]) => indexes.map((index) => settle(mine, ids[index] ?? ""));
    expect(await backend.streams.commit(take(3, 1))).toEqual([true, true]);
    expect((await pendingOf(backend, mine)).map((entry) => entry.id)).toEqual([ids[0], ids[2], ids[4]]);
    expect(await backend.streams.commit(take(0, 4))).toEqual([true, true]);
    expect((await pendingOf(backend, mine)).map((entry) => entry.id)).toEqual([ids[2]]);
    expect(await backend.streams.commit(take(2))).toEqual([true]);
    expect(await pendingOf(backend, mine)).toEqual([]);
  });

  test("settles several inputs of several streams together, or none of them", async () => {
    const { backend, stream, output, mine, id } = await given("a");
    const side = { ...stream, topic: "side" };
    await backend.streams.ensureGroup(side, "flow/join", "new");
    const [sideId] = await new Source(backend, side).publish("x");
    const joined = reader(side, "engine-a:1", "flow/join");
    await readNow(backend, joined);
    const both = (second: string) => ({
      inputs: [
        { subscription: mine, id },
        { subscription: joined, id: second },
      ],
      effects: [append(output, "joined")],
    });
    expect(await backend.streams.commit([both("1-1")])).toEqual([false]);
    expect((await pendingOf(backend, mine)).length).toBe(1);
    expect(await backend.streams.commit([both(sideId ?? "")])).toEqual([true]);
    expect(await all(backend, output)).toEqual(["joined"]);
    expect([await pendingOf(backend, mine), await pendingOf(backend, joined)]).toEqual([[], []]);
  });

  test("applies a commit that has effects and no input", async () => {
    const { backend, output } = await given();
    expect(await backend.streams.commit([{ inputs: [], effects: [append(output, "free")] }])).toEqual([true]);
    expect(await all(backend, output)).toEqual(["free"]);
  });

  test("deletes state, and settles an input into its own stream", async () => {
    const { backend, stream, mine, id } = await given("a");
    const scope = `flow:${stream.flow}`;
    await backend.state.set(scope, "k", bytes("v"));
    const effects: Effect[] = [{ kind: "state", scope, key: "k", value: undefined }, append(stream, "again")];
    expect(await backend.streams.commit([settle(mine, id, effects)])).toEqual([true]);
    expect(await backend.state.get(scope, "k")).toBeUndefined();
    expect((await readNow(backend, mine)).map((entry) => text(entry.body))).toEqual(["again"]);
  });

  test("applies nothing when a value of state is not the expected one, and the input stays pending", async () => {
    const { backend, stream, output, mine, id } = await given("a");
    const scope = `flow:${stream.flow}`;
    const write = (expected: string | null, value: string | undefined): Effect => ({
      kind: "state",
      scope,
      key: "k",
      value: value === undefined ? undefined : bytes(value),
      expected: expected === null ? null : bytes(expected),
    });
    const commit = async (...effects: Effect[]) =>
      (await backend.streams.commit([settle(mine, id, effects)]))[0];
    await backend.state.set(scope, "k", bytes("1"));
    expect(await commit(append(output, "lost"), write(null, "2"))).toBe(false);
    expect(await commit(append(output, "lost"), write("0", "2"))).toBe(false);
    expect(await commit(write("1", "2"), write("1", "3"))).toBe(false);
    expect((await pendingOf(backend, mine)).map((entry) => entry.id)).toEqual([id]);
    expect([await all(backend, output), text(await backend.state.get(scope, "k"))]).toEqual([[], "1"]);
    expect(await commit(append(output, "kept"), write("1", "2"), write("2", "3"))).toBe(true);
    expect([await all(backend, output), text(await backend.state.get(scope, "k"))]).toEqual([["kept"], "3"]);
  });

  test("expects a missing value, and deletes an expected one", async () => {
    const { backend, stream, mine, ids } = await given("a", "b");
    const scope = `flow:${stream.flow}`;
    const made: Effect = { kind: "state", scope, key: "k", value: bytes("v"), expected: null };
    const gone: Effect = { kind: "state", scope, key: "k", value: undefined, expected: bytes("v") };
    const commits = [settle(mine, ids[0] ?? "", [made]), settle(mine, ids[1] ?? "", [gone])];
    expect(await backend.streams.commit(commits)).toEqual([true, true]);
    expect(await backend.state.get(scope, "k")).toBeUndefined();
  });

  test("applies nothing of a lease that is in another epoch", async () => {
    const { backend, stream, output, mine, id } = await given("a");
    const lease = { flow: stream.flow, name: "part:0" };
    const { epoch } = await backend.leases.take(lease, "engine-a", { owner: "", epoch: 0, beat: 0 });
    const commit = async (fenced: number) => {
      const one = { ...settle(mine, id, [append(output, `${fenced}`)]), fences: [{ lease, epoch: fenced }] };
      return (await backend.streams.commit([one]))[0];
    };
    await backend.leases.release("engine-a", lease, epoch);
    const { epoch: next } = await backend.leases.take(lease, "engine-b", { owner: "", epoch, beat: 0 });
    expect(next).toBeGreaterThan(epoch);
    expect(await commit(epoch)).toBe(false);
    expect(await commit(next)).toBe(true);
    expect(await all(backend, output)).toEqual([`${next}`]);
  });

  test("answers an empty list with an empty list", async () => {
    expect(await shared().streams.commit([])).toEqual([]);
  });
}
