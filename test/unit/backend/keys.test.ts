// Keys: names of users cannot move a key, and no two names share one.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Keys } from "../../../engine/backend/redis/keys.ts";

const keys = new Keys("mr");
const name = fc.string({
  unit: fc.constantFrom("{", "}", ":", "%", "a", "7", "B", "/", "ü", "*"),
  minLength: 1,
});

test("writes keys as the documentation says", () => {
  expect({
    own: keys.topic({ flow: "main", topic: "readings" }),
    shared: keys.topic({ flow: undefined, topic: "/alert" }),
    producers: keys.producers({ flow: "main", topic: "readings" }),
    sharedProducers: keys.producers({ flow: undefined, topic: "/alert" }),
    flowState: keys.state("flow:main"),
    nodeState: keys.state("node:main/convert"),
    globalState: keys.state("global"),
    engines: keys.state("engines"),
    revisions: keys.revisions("main"),
    flow: keys.flow("main"),
    lease: keys.lease({ flow: "main", name: "share/timer/0" }),
    memberLease: keys.lease({ flow: undefined, name: "member/a:1" }),
  }).toEqual({
    own: "mr:{main}:topic:readings",
    shared: "/alert",
    producers: "mr:{main}:producers:readings",
    sharedProducers: "mr:{/alert}:producers:/alert",
    flowState: "mr:{main}:state:flow",
    nodeState: "mr:{main}:state:node:convert",
    globalState: "mr:state:global",
    engines: "mr:engines",
    revisions: "mr:{main}:revisions",
    flow: "mr:{main}:flow",
    lease: "mr:{main}:lease:share/timer/0",
    memberLease: "mr:lease:member/a%3A1",
  });
});

test("puts the producers of a shared topic into the slot of the topic", () => {
  expect(keys.producers({ flow: undefined, topic: "/a{b}c" })).toBe("mr:{b}:producers:/a%7Bb%7Dc");
});

test("gives different topics different keys, all in the slot of their flow", () => {
  fc.assert(
    fc.property(name, name, name, (flow, one, two) => {
      const first = keys.topic({ flow, topic: one });
      const second = keys.topic({ flow, topic: two });
      expect(first === second).toBe(one === two);
      const slot = (key: string) => /\{([^}]+)\}/.exec(key)?.[1];
      expect(slot(first)).toBe(slot(keys.flow(flow)));
      expect(first.split(":").length).toBe(4);
    }),
  );
});

test("finds the topic again in the channel that a pattern matched", () => {
  fc.assert(
    fc.property(name, name, (flow, topic) => {
      expect(keys.topicOf({ flow, topic: "*" }, keys.topic({ flow, topic }))).toBe(topic);
    }),
  );
});

test("escapes in a pattern what Redis would take for more than itself", () => {
  expect(keys.topicPattern({ flow: undefined, topic: "/a[b]?\\*" })).toBe("/a\\[b\\]\\?\\\\*");
  expect(keys.topicPattern({ flow: "a*", topic: "b:*" })).toBe("mr:{a\\*}:topic:b%3A*");
});
