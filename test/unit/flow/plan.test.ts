// Plans: defaults, dead-letter topics, and fingerprints that change exactly when something must restart.
import { describe, expect, it } from "vitest";
import { diffPlans, type Plan } from "../../../engine/flow/index.ts";
import { bent, files, planOf, sound } from "./fixture.ts";

const plan = planOf(sound, files);
const prints = (of: Plan) => ({
  nodes: Object.fromEntries([...of.nodes].map(([id, node]) => [id, node.fingerprint])),
  topics: Object.fromEntries([...of.topics].map(([name, topic]) => [name, topic.fingerprint])),
});
/** What restarts when the flow is changed so. */
const restarted = (changes: Parameters<typeof bent>[0], texts = files) =>
  diffPlans(plan, planOf(bent(changes), texts)).start;

describe("the topics of a plan", () => {
  it("have every field, with the defaults of their delivery", () => {
    const { fingerprint, ...readings } = plan.topics.get("readings") ?? { fingerprint: "" };
    expect(fingerprint).toMatch(/^[\w-]{22}$/);
    expect(readings).toEqual({
      name: "readings",
      shared: false,
      delivery: "stream",
      format: "millrace",
      schema: sound.topics.readings.schema,
      proto: undefined,
      validate: false,
      durability: "written",
      limit: 100_000,
      overflow: "wait",
      partitions: 1,
      key: undefined,
      retention: { messages: 100_000 },
      retry: { attempts: 5, minDelayMs: 200, maxDelayMs: 30_000 },
      deadLetter: "readings.dead",
    });
    expect(plan.topics.get("/alert")).toMatchObject({
      shared: true,
      delivery: "pubsub",
      format: "json",
      limit: 1_000,
    });
    expect(plan.topics.get("fahrenheit")).toMatchObject({
      limit: 1_000,
      retry: { attempts: 1 },
      deadLetter: undefined,
    });
  });

  it("have what the flow says", () => {
    const orders = {
      delivery: "stream",
      proto: "shop/orders.proto#shop.Order",
      validate: true,
      durability: "synced",
      limit: 5,
      overflow: "fail",
      partitions: 4,
      key: "/id",
      retention: { messages: 7, age: "2d", bytes: 1_000 },
      retry: { attempts: 9, backoff: "1s" },
      deadLetter: "/lost",
    };
    const reader = { type: "speak", inputs: { in: [{ topic: "orders", from: "start" }, "orders"] } };
    const planned = planOf({ topics: { orders }, nodes: { reader } }, { "shop/orders.proto": "syntax…" });
    expect(planned.topics.get("orders")).toMatchObject({
      proto: { text: "syntax…", file: "shop/orders.proto", type: "shop.Order" },
      validate: true,
      limit: 5,
      overflow: "fail",
      partitions: 4,
      key: "/id",
      retention: { messages: 7, ageMs: 172_800_000, bytes: 1_000 },
      retry: { attempts: 9, minDelayMs: 1_000, maxDelayMs: 1_000 },
      deadLetter: "/lost",
    });
    expect(planned.topics.get("/lost")).toMatchObject({
      shared: true,
      delivery: "stream",
      durability: "synced",
    });
    expect(planned.nodes.get("reader")?.inputs).toEqual(
      new Map([["in", [{ topic: "orders", from: "start" }]]]),
    );
  });

  it("end with the dead-letter topics of streams that someone reads", () => {
    expect([...plan.topics.keys()]).toEqual(["readings", "fahrenheit", "/alert", "readings.dead"]);
    const topics = { unread: { delivery: "stream" }, "readings.dead": { delivery: "stream", limit: 3 } };
    const declared = planOf(bent({ topics }), files);
    expect([...declared.topics.keys()]).toEqual([
      "readings",
      "fahrenheit",
      "/alert",
      "unread",
      "readings.dead",
    ]);
    expect(declared.topics.get("readings.dead")?.limit).toBe(3);
  });
});

describe("the nodes of a plan", () => {
  it("have their type, what they are wired to, and what the flow says of them", () => {
    const { definition, fingerprint, ...alarm } = plan.nodes.get("alarm") ?? { fingerprint: "" };
    expect([definition?.type, fingerprint.length]).toEqual(["script", 22]);
    expect(alarm).toEqual({
      id: "alarm",
      type: "script",
      title: "Alarm above 86 °F",
      origin: "@millrace/nodes-test@1.0.0",
      config: { code: "return message.payload" },
      inputs: new Map([["in", [{ topic: "fahrenheit", from: "new" }]]]),
      outputs: new Map([["out", ["/alert"]]]),
      retry: { attempts: 5, minDelayMs: 200, maxDelayMs: 30_000 },
      timeoutMs: undefined,
      concurrency: undefined,
    });
    const limits = { timeout: "0s", concurrency: 8 };
    const limited = planOf(bent({ nodes: { alarm: { ...sound.nodes.alarm, ...limits } } }), files).nodes.get(
      "alarm",
    );
    expect(limited).toMatchObject({ timeoutMs: 0, concurrency: 8 });
  });

  it("of a type of the flow run its code, with the config's defaults", () => {
    expect(plan.nodes.get("convert")).toMatchObject({
      definition: { type: "to-fahrenheit" },
      config: { offset: 32 },
    });
  });

  it("have no definition when their type is not installed, and no place when they are disabled", () => {
    const nodes = { lost: { type: "nope", config: { a: 1 } }, off: { type: "timer", disabled: true } };
    const planned = planOf(bent({ nodes }), files);
    expect(planned.nodes.get("lost")).toMatchObject({ definition: undefined, origin: "", config: { a: 1 } });
    expect(planned.nodes.has("off")).toBe(false);
  });
});

describe("fingerprints", () => {
  it("do not depend on the order of keys", () => {
    const turned = (value: unknown): unknown =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, entry]) => [key, turned(entry)]),
          )
        : value;
    expect(prints(planOf(turned(sound), files))).toEqual(prints(plan));
  });

  it.each<[string, Parameters<typeof bent>[0], string[]]>([
    ["the flow's title and description", { title: "Other", description: "Words." }, []],
    ["one node's title", { nodes: { alarm: { ...sound.nodes.alarm, title: "Other" } } }, ["alarm"]],
    ["a config", { nodes: { thermometer: { ...sound.nodes.thermometer, config: {} } } }, ["thermometer"]],
    ["a topic", { topics: { fahrenheit: { limit: 5 } } }, ["convert", "alarm"]],
    [
      "a topic that a node gives its dead letters to",
      { topics: { readings: { ...sound.topics.readings, deadLetter: "/lost" } } },
      ["thermometer", "convert"],
    ],
    [
      "the code of a type",
      { types: { "to-fahrenheit": { ...sound.types["to-fahrenheit"], code: "return 1" } } },
      ["convert"],
    ],
    [
      "a config's default in a type",
      { types: { "to-fahrenheit": { ...sound.types["to-fahrenheit"], config: { offset: { default: 0 } } } } },
      ["convert"],
    ],
    ["a retry", { nodes: { convert: { ...sound.nodes.convert, retry: { attempts: 2 } } } }, ["convert"]],
    ["a topic that nobody is wired to", { topics: { spare: {} } }, []],
  ])("change with %s only where it matters", (_, changes, nodes) => {
    expect(restarted(changes)).toEqual(nodes);
  });

  it("change with the text of a file", () => {
    expect(restarted({}, { "main.alarm.ts": "return 1" })).toEqual(["alarm"]);
  });

  it("change when the topic that a config names does", () => {
    const nodes = { namer: { type: "change", inputs: { in: ["fahrenheit"] }, config: { topic: "/alert" } } };
    const from = planOf(bent({ nodes }), files);
    const to = planOf(bent({ nodes, topics: { "/alert": { delivery: "pubsub" } } }), files);
    expect(diffPlans(from, to).start).toEqual(["alarm", "namer"]);
  });
});

describe("the difference of two plans", () => {
  it("starts everything when nothing ran", () => {
    expect(diffPlans(undefined, plan)).toEqual({
      start: ["thermometer", "convert", "alarm"],
      stop: [],
      keep: [],
      topics: { added: ["readings", "fahrenheit", "/alert", "readings.dead"], removed: [], changed: [] },
    });
  });

  it("names what comes, goes, restarts and stays", () => {
    const { alarm, ...others } = sound.nodes;
    const flow = {
      ...sound,
      topics: { readings: sound.topics.readings, fahrenheit: { limit: 5 }, extra: {} },
      nodes: { ...others, second: { ...alarm, outputs: {} } },
    };
    expect(diffPlans(plan, planOf(flow, files))).toEqual({
      start: ["convert", "second"],
      stop: ["convert", "alarm"],
      keep: ["thermometer"],
      topics: { added: ["extra"], removed: ["/alert"], changed: ["fahrenheit"] },
    });
  });
});
