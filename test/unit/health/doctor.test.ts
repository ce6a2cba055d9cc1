// What the doctor finds, by facts made up for each invariant.
import { describe, expect, it } from "vitest";
import { Keys } from "../../../engine/backend/redis/keys.ts";
import { parseKey } from "../../../engine/backend/redis/parse-key.ts";
import { diagnose } from "../../../engine/health/doctor.ts";
import type { DoctorFacts } from "../../../engine/health/doctor-facts.ts";
import { shapeOf } from "../../../engine/health/doctor-shapes.ts";
import { facts, flow, held, member, NOW, ordersDead, server, stream } from "./facts.ts";

/** All that is not well: check, level, items. */
function complaints(changes: Partial<DoctorFacts>) {
  return diagnose(facts(changes))
    .findings.filter(({ level }) => level !== "ok")
    .map(({ check, level, items }) => ({ check, level, items }));
}

describe("the doctor", () => {
  it("finds nothing in a sound system, and says so of each invariant", () => {
    const { status, findings } = diagnose(facts());
    expect(status).toBe("sound");
    expect(findings.map(({ level }) => level)).toEqual(findings.map(() => "ok"));
    expect(findings.every(({ text }) => /^[A-Z].*\.$/.test(text))).toBe(true);
  });

  it.each<[string, Partial<DoctorFacts>, ReturnType<typeof complaints>]>([
    [
      "a backend that is away",
      { backend: { kind: "redis", up: false, text: "connection refused." } },
      [{ check: "backend", level: "violated", items: [] }],
    ],
    [
      "a Redis that evicts, keeps no log, and is full",
      {
        servers: [
          {
            ...server,
            eviction: "allkeys-lru",
            appendOnly: false,
            usedMemoryBytes: 95 * 1024 * 1024,
            memoryLimitBytes: 100 * 1024 * 1024,
          },
        ],
      },
      [
        {
          check: "redis-eviction",
          level: "violated",
          items: ['127.0.0.1:6379: maxmemory-policy is "allkeys-lru"'],
        },
        {
          check: "redis-persistence",
          level: "warning",
          items: ['127.0.0.1:6379: appendonly is "no": everything since the last snapshot'],
        },
        { check: "redis-memory", level: "warning", items: ["127.0.0.1:6379: 95 of 100 MB"] },
      ],
    ],
    [
      "a Redis that may not be asked",
      { servers: undefined },
      [{ check: "redis", level: "warning", items: [] }],
    ],
    [
      "clocks that differ",
      { servers: [{ ...server, clockAheadMs: -3_600_000 }] },
      [{ check: "clocks", level: "warning", items: ["127.0.0.1:6379 is 3600 s behind"] }],
    ],
    [
      "messages that a dead engine holds, and nobody takes over",
      {
        members: [member("a:1", { lives: false }), member("b:1")],
        streams: [stream({ groups: [held("a:1", 2, 31_000)] })],
      },
      [{ check: "pending", level: "violated", items: ['main/orders: 2 held by "a:1" for "main/packer"'] }],
    ],
    [
      "not yet messages of an engine that died a moment ago",
      {
        members: [member("b:1"), member("a:1", { lives: false })],
        streams: [stream({ groups: [held("a:1", 2, 12_000)] })],
      },
      [],
    ],
    [
      "groups of nodes that are gone",
      { streams: [stream({ groups: [held("a:1", 0, 0, "main/old")] })] },
      [
        {
          check: "orphan-groups",
          level: "warning",
          items: ['main/orders: group "main/old", 0 waiting. Remove it with: XGROUP DESTROY … main/old'],
        },
      ],
    ],
    [
      "groups of nodes that read another topic now",
      { streams: [stream({ groups: [held("a:1", 0, 0, "main/shop")] })] },
      [
        {
          check: "orphan-groups",
          level: "warning",
          items: ['main/orders: group "main/shop", 0 waiting. Remove it with: XGROUP DESTROY … main/shop'],
        },
      ],
    ],
    [
      "dead letters",
      { streams: [stream({ topic: ordersDead, info: { length: 7, groups: [] }, groups: [] })] },
      [{ check: "dead-letters", level: "warning", items: ["main/orders: 7"] }],
    ],
    [
      "a topic near its limit",
      {
        streams: [
          stream({
            info: { length: 90, groups: [{ group: "main/packer", lag: 80, pending: 5, consumers: 1 }] },
          }),
        ],
      },
      [{ check: "limits", level: "warning", items: ["main/orders: 85 of 100"] }],
    ],
    [
      "a gap between revisions",
      { flows: [{ ...flow, revisions: [3, 1] }] },
      [{ check: "revisions", level: "violated", items: ["main: no revision 2"] }],
    ],
    [
      "an engine that stays behind",
      { members: [member("a:1"), member("b:1", { about: { revisions: { main: 2 } } })] },
      [{ check: "newest", level: "violated", items: ["b: revision 2 of main, not 3"] }],
    ],
    [
      "not yet an engine that has not seen a deploy of just now",
      {
        flows: [{ ...flow, deployedAt: NOW - 1_000 }],
        members: [member("a:1"), member("b:1", { about: { revisions: { main: 2 } } })],
      },
      [],
    ],
    [
      "engines of different versions",
      { members: [member("a:1"), member("b:1", { about: { version: "0.2.0" } })] },
      [{ check: "versions", level: "warning", items: ["a: 0.1.0", "b: 0.2.0"] }],
    ],
    [
      "a lease that somebody holds who is gone",
      {
        leases: [
          {
            address: { flow: "main", name: "share/node/shop/0" },
            state: { owner: "c:1", epoch: 4, beat: 0 },
          },
        ],
      },
      [
        {
          check: "leases",
          level: "violated",
          items: ['"main/share/node/shop/0" is held by "c:1", who is gone'],
        },
      ],
    ],
    [
      "nothing wrong with a lease of somebody who is gone, for a node that is gone",
      {
        leases: [
          { address: { flow: "main", name: "share/node/old/0" }, state: { owner: "c:1", epoch: 4, beat: 0 } },
          {
            address: { flow: "gone", name: "share/node/shop/0" },
            state: { owner: "c:1", epoch: 4, beat: 0 },
          },
        ],
      },
      [],
    ],
    [
      "what is left of flows, topics and nodes that are gone",
      {
        keys: [
          { key: "mr:{main}:topic:orders", kind: "stream", address: { flow: "main", topic: "orders" } },
          { key: "mr:{main}:topic:old", kind: "stream", address: { flow: "main", topic: "old" } },
          {
            key: "mr:{main}:topic:orders:0",
            kind: "stream",
            address: { flow: "main", topic: "orders", partition: 0 },
          },
          { key: "mr:{gone}:state:flow", kind: "state", scope: "flow:gone" },
          { key: "mr:{main}:state:node:shop", kind: "state", scope: "node:main/shop" },
          { key: "mr:{main}:state:node:old", kind: "state", scope: "node:main/old" },
        ],
      },
      [
        {
          check: "orphans",
          level: "warning",
          items: [
            "mr:{main}:topic:old",
            "mr:{main}:topic:orders:0",
            "mr:{gone}:state:flow",
            "mr:{main}:state:node:old",
          ],
        },
      ],
    ],
  ])("finds %s", (_what, changes, found) => {
    expect(complaints(changes)).toEqual(found);
  });

  it("is violated by violations alone, not by warnings", () => {
    expect(diagnose(facts({ servers: [{ ...server, appendOnly: false }] })).status).toBe("sound");
    expect(diagnose(facts({ servers: [{ ...server, eviction: "allkeys-lru" }] })).status).toBe("violated");
  });

  it("cuts long lists, and says how many there are more", () => {
    const keys = Array.from({ length: 30 }, (_, index) => ({
      key: `mr:{x}:topic:${index}`,
      kind: "stream" as const,
      address: { flow: "x", topic: String(index) },
    }));
    const [orphans] = complaints({ keys });
    expect(orphans?.items).toHaveLength(21);
    expect(orphans?.items.at(-1)).toBe("and 10 more");
  });
});

describe("what the doctor knows of a flow", () => {
  it("are its nodes and topics, dead-letter topics that nobody declared included", () => {
    const document = {
      topics: { orders: { delivery: "stream", limit: 50 }, notes: {} },
      nodes: { packer: { type: "debug", inputs: { in: ["orders", "notes"] } } },
    };
    expect(shapeOf(JSON.stringify({ flow: document, layout: {}, files: {} }))).toMatchObject({
      nodes: ["packer"],
      topics: [
        { name: "orders", delivery: "stream", limit: 50, readers: ["packer"], deadLettersOf: undefined },
        { name: "notes", delivery: "memory" },
        { name: "orders.dead", delivery: "stream", deadLettersOf: "orders" },
      ],
    });
  });
});

describe("a key in Redis", () => {
  const keys = new Keys("mr");
  it.each([
    [keys.topic({ flow: "a:b", topic: "x{1}" }), { kind: "stream", address: { flow: "a:b", topic: "x{1}" } }],
    [
      keys.topic({ flow: "main", topic: "parts", partition: 3 }),
      { kind: "stream", address: { flow: "main", topic: "parts", partition: 3 } },
    ],
    [keys.state("node:main/sub/shop"), { kind: "state", scope: "node:main/sub/shop" }],
    [keys.state("flow:main"), { kind: "state", scope: "flow:main" }],
    [keys.lease({ flow: undefined, name: "member/a:1" }), { kind: "lease", lease: { name: "member/a:1" } }],
    [
      keys.lease({ flow: "main", name: "share/x/0" }),
      { kind: "lease", lease: { flow: "main", name: "share/x/0" } },
    ],
    [keys.revisions("main"), { kind: "revisions", flow: "main" }],
    [keys.producers({ flow: "main", topic: "orders" }), { kind: "other" }],
    [keys.flows(), { kind: "other" }],
  ])("%s is told by its name", (key, what) => {
    expect(parseKey("mr", key)).toMatchObject({ key, ...what });
  });
});
