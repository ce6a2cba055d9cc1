// Commits as arguments of one function call.
import { expect, test } from "vitest";
import type { Commit } from "../../../engine/backend/backend.ts";
import { commitArguments, inParts } from "../../../engine/backend/redis/commit-arguments.ts";
import { Keys } from "../../../engine/backend/redis/keys.ts";

const keys = new Keys("mr");
const body = Buffer.from("x");
const orders = { stream: { flow: "f", topic: "orders" }, group: "f/n", consumer: "e:1" };
const side = { stream: { flow: "f", topic: "side" }, group: "f/n", consumer: "e:1" };

test("names each key and subscription once, streams before state", () => {
  const commits: Commit[] = [
    {
      inputs: [{ subscription: orders, id: "1-0" }],
      effects: [
        { kind: "state", scope: "flow:f", key: "k", value: body },
        { kind: "append", stream: { flow: "f", topic: "out" }, body },
      ],
    },
    {
      inputs: [
        { subscription: orders, id: "2-0" },
        { subscription: side, id: "3-0" },
      ],
      effects: [
        { kind: "publish", channel: { flow: undefined, topic: "/news" }, body },
        { kind: "state", scope: "flow:f", key: "k", value: undefined },
      ],
    },
  ];
  expect(commitArguments(commits, keys)).toEqual({
    keys: ["mr:{f}:topic:orders", "mr:{f}:topic:out", "mr:{f}:topic:side", "mr:{f}:state:flow"],
    args: [
      ...[3, 2, 1, "f/n", "e:1", 2, 3, "f/n", "e:1", 1],
      ...[1, 1, "1-0", 2, "s", 4, "k", body, "a", 2, body],
      ...[2, 1, "2-0", 2, "3-0", 2, "p", "/news", body, "d", 4, "k"],
    ],
  });
});

test("splits a long list by number and by size, and drops nothing", () => {
  const commit = (size: number): Commit => ({
    inputs: [],
    effects: [{ kind: "append", stream: orders.stream, body: new Uint8Array(size) }],
  });
  const commits = [1, 1, 1, 50, 60, 200, 1].map(commit);
  const parts = inParts(commits, 3, 100);
  expect(parts.map((part) => part.length)).toEqual([3, 1, 1, 1, 1]);
  expect(parts.flat()).toEqual(commits);
  expect(inParts([])).toEqual([]);
});
