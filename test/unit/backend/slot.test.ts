// Slots of a cluster, and that whatever belongs to one flow or one shared topic is in one.
import { expect, test } from "vitest";
import { Keys } from "../../../engine/backend/redis/keys.ts";
import { masterOf, mastersOf, slotOf } from "../../../engine/backend/redis/slot.ts";

test("computes slots as the specification of Redis Cluster does", () => {
  expect(slotOf("123456789")).toBe(0x31c3 % 16_384);
  expect(slotOf("foo{bar}zap")).toBe(slotOf("bar"));
  expect(slotOf("foo{}{bar}")).not.toBe(slotOf("bar"));
  expect(slotOf("foo{{bar}}zap")).toBe(slotOf("{bar"));
});

test("everything of a flow is in one slot, whatever its names hold", () => {
  const keys = new Keys("mr");
  for (const flow of ["main", "a}b", "{x}", "a:b"]) {
    const topic = { flow, topic: "{or}ders" };
    const slots = [
      keys.topic(topic),
      keys.topic({ ...topic, partition: 3 }),
      keys.producers(topic),
      keys.deferred(topic, "g{1}"),
      keys.effects(topic),
      keys.state(`flow:${flow}`),
      keys.state(`node:${flow}/n{2}`),
      keys.lease({ flow, name: "n{3}" }),
      keys.flow(flow),
      keys.revisions(flow),
    ].map(slotOf);
    expect(new Set(slots).size).toBe(1);
  }
});

test("what stands beside a shared topic is in its slot, whatever its name holds", () => {
  const keys = new Keys("mr");
  for (const name of ["/orders", "a}b", "{}x", "{a}{b}", "}{", "{"]) {
    const topic = { flow: undefined, topic: name };
    const slots = [keys.topic(topic), keys.producers(topic), keys.deferred(topic, "g"), keys.effects(topic)];
    expect(new Set(slots.map(slotOf)).size, name).toBe(1);
  }
});

test("finds masters in the reply of CLUSTER SLOTS", () => {
  const reply = [
    [0, 99, ["one", 1, "id"], ["two", 2, "id"]],
    [100, 200, ["three", 3, "id"]],
    [201, 300, ["", 4, "id"]],
  ];
  expect(masterOf(reply, 99)).toEqual({ host: "one", port: 1 });
  expect(masterOf(reply, 100)).toEqual({ host: "three", port: 3 });
  expect(masterOf(reply, 250)).toBeUndefined();
  expect(masterOf(reply, 999)).toBeUndefined();
  expect(mastersOf(reply)).toEqual([
    { host: "one", port: 1 },
    { host: "three", port: 3 },
  ]);
});
