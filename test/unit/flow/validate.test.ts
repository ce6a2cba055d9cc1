// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how flows name variables
// Every problem a flow document can have: the code, the place and the whole sentence. Long, since there are many.
import { describe, expect, it } from "vitest";
import { validateFlow } from "../../../engine/flow/index.ts";
import { bent, bundleOf, files, problemsOf, sound, told, types } from "./fixture.ts";

const tellOf = (changes: Parameters<typeof bent>[0], environment?: Record<string, string>) =>
  told(bent(changes), files, environment);

/** A node with an input that is fed, so that only what a test is about is told. */
const fed = { inputs: { in: ["fahrenheit"] } };

describe("a sound flow", () => {
  it("has no problems", () => {
    expect(problemsOf(sound, files)).toEqual([]);
  });

  it("may be empty", () => {
    expect(problemsOf({})).toEqual([]);
  });

  it("may have names in any script", () => {
    const flow = {
      topics: { 读数: {} },
      nodes: {
        温度计: { type: "timer", outputs: { tick: ["读数"] } },
        写: { type: "speak", inputs: { in: ["读数"] } },
      },
    };
    expect(told(flow)).toEqual([]);
  });
});

describe("the form of the document", () => {
  it("has a node on each problem that belongs to one, and a severity", () => {
    const flow = bent({ nodes: { convert: { ...sound.nodes.convert, timeout: "soon" } } });
    expect(problemsOf(flow, files)).toEqual([
      {
        severity: "error",
        code: "flow/wrong-value",
        message:
          '"timeout" of node "convert" is "soon". Write a duration: a number and ms, s, m, h or d, for example "5s".',
        path: "/nodes/convert/timeout",
        node: "convert",
      },
    ]);
  });

  it.each<[string, Parameters<typeof bent>[0], string[]]>([
    [
      "a misspelt field of the flow",
      { packges: [] },
      ['flow/unknown-field /packges: There is no field "packges" in the flow. Did you mean "packages"?'],
    ],
    [
      "a field unlike any other",
      { cats: 3 },
      ['flow/unknown-field /cats: There is no field "cats" in the flow. Remove it.'],
    ],
    [
      "a misspelt field of a topic",
      { topics: { "/alert": { delivry: "pubsub" } } },
      [
        'flow/unknown-field /topics/~1alert/delivry: There is no field "delivry" in topic "/alert". Did you mean "delivery"?',
      ],
    ],
    [
      "a delivery that does not exist, and nothing that would follow from it",
      { topics: { readings: { delivery: "steam", partitions: 2, key: "/id" } } },
      [
        'flow/wrong-value /topics/readings/delivery: "delivery" of topic "readings" is "steam". Did you mean "stream"?',
      ],
    ],
    [
      "a choice unlike any of its words",
      { topics: { fahrenheit: { overflow: 7 } } },
      [
        'flow/wrong-value /topics/fahrenheit/overflow: "overflow" of topic "fahrenheit" is 7. It must be "wait", "drop-oldest", "drop-newest" or "fail".',
      ],
    ],
    [
      "a wrong type",
      { topics: { fahrenheit: { limit: "many" } } },
      [
        'flow/wrong-value /topics/fahrenheit/limit: "limit" of topic "fahrenheit" is "many". It must be a whole number.',
      ],
    ],
    [
      "a value that is too small",
      { topics: { fahrenheit: { limit: 0 } } },
      [
        'flow/wrong-value /topics/fahrenheit/limit: "limit" of topic "fahrenheit" is 0. It must be at least 1.',
      ],
    ],
    [
      "a key that is no JSON Pointer",
      { topics: { readings: { ...sound.topics.readings, key: "id" } } },
      [
        'flow/wrong-value /topics/readings/key: "key" of topic "readings" is "id". Write a JSON Pointer into the payload, for example "/customer/id".',
      ],
    ],
    [
      "a node without a type",
      { nodes: { extra: {} } },
      ['flow/missing-field /nodes/extra: "type" is missing in node "extra". Add it.'],
    ],
    [
      "a node that is no object",
      { nodes: { extra: 5 } },
      ['flow/wrong-value /nodes/extra: Node "extra" is 5. It must be an object.'],
    ],
    [
      "an entry of an input of another form",
      { nodes: { alarm: { ...sound.nodes.alarm, inputs: { in: ["fahrenheit", 5] } } } },
      [
        'flow/wrong-value /nodes/alarm/inputs/in/1: Entry 2 of "inputs.in" of node "alarm" is 5. It must be a text or an object.',
      ],
    ],
    [
      "a wrong field of an input that plainly is of the longer form",
      {
        nodes: {
          convert: { ...sound.nodes.convert, inputs: { in: [{ topic: "readings", from: "begin" }] } },
        },
      },
      [
        'flow/wrong-value /nodes/convert/inputs/in/0/from: "from" of "inputs.in[0]" of node "convert" is "begin". It must be "new" or "start".',
      ],
    ],
    [
      "a backoff that is none",
      { nodes: { alarm: { ...sound.nodes.alarm, retry: { backoff: "200ms to 30s" } } } },
      [
        'flow/wrong-value /nodes/alarm/retry/backoff: "backoff" of "retry" of node "alarm" is "200ms to 30s". Write one duration, or two with ".." between them, for example "200ms..30s".',
      ],
    ],
    [
      "a backoff from long to short",
      { nodes: { alarm: { ...sound.nodes.alarm, retry: { backoff: "30s..200ms" } } } },
      [
        'flow/backoff /nodes/alarm/retry/backoff: The backoff "30s..200ms" ends below where it begins. Swap the two durations.',
      ],
    ],
    [
      "a node id that is none",
      { nodes: { "my node": { type: "timer" } } },
      [
        'flow/wrong-value /nodes/my node: A name in "nodes" is "my node". Use letters, digits, ".", "-" and "_", at most 100, beginning with a letter or digit.',
      ],
    ],
    [
      "an interface",
      { interface: { inputs: {} } },
      [
        'flow/subflow /interface: Flows as node types ("interface", or a "type" that is a file) are not supported yet. Connect the flows by a shared topic, one whose name begins with "/".',
      ],
    ],
  ])("tells of %s", (_, changes, sentences) => {
    expect(tellOf(changes)).toEqual(sentences);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses %s as a name, once", (name) => {
    const topics = JSON.parse(`{ "${name}": {} }`);
    expect(told({ topics })).toEqual([
      `flow/forbidden-name /topics/${name}: "${name}" cannot be used as a name. Choose another one.`,
    ]);
  });

  it("refuses what is nested too deep, before anything else", () => {
    let deep: unknown = {};
    for (let level = 0; level < 5000; level++) deep = [deep];
    const [problem, ...more] = told({ nodes: { a: { type: 3, config: { deep } } } });
    expect([problem?.split(":")[1], more]).toEqual([
      " Objects and lists are nested more than 100 deep here. Flatten them.",
      [],
    ]);
  });

  it("refuses more nodes than a flow may have, and looks no further", () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 20_001 }, (_, index) => [`n${index}`, { type: "nope" }]),
    );
    expect(told({ nodes })).toEqual(["flow/limit /nodes: A flow may have 20000 nodes. Split this one."]);
  });

  it("lists 1,000 problems and says that there are more", () => {
    const nodes = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`n${index}`, {}]));
    const sentences = told({ nodes });
    expect([sentences.length, sentences.at(-1)]).toEqual([
      1_001,
      "flow/more-problems : There are more problems than these 1000. Correct these first.",
    ]);
  });

  it.each([[null], [5], ["flow"], [[]], [true]])("takes %j for a flow without falling over", (flow) => {
    expect(told(flow).map((sentence) => sentence.split(" ")[0])).toEqual(["flow/wrong-value"]);
  });

  it("refuses a name that cannot be a flow's", () => {
    const [problem] = validateFlow(bundleOf({}), { name: "a/b", types, environment: {} });
    expect(problem?.message).toBe(
      '"a/b" cannot name a flow. Use letters, digits, ".", "-" and "_", at most 100, beginning with a letter or digit.',
    );
  });
});

describe("topics", () => {
  it.each<[string, Parameters<typeof bent>[0], string[]]>([
    [
      "one that is not declared, with the nearest name",
      { nodes: { alarm: { ...sound.nodes.alarm, inputs: { in: ["farenheit"] } } } },
      [
        'flow/unknown-topic /nodes/alarm/inputs/in/0: Topic "farenheit" is not declared. Did you mean "fahrenheit"?',
      ],
    ],
    [
      "one that is not declared and like no other",
      {
        nodes: { alarm: { ...sound.nodes.alarm, outputs: { out: ["log"] } } },
        topics: { "/alert": undefined },
      },
      ['flow/unknown-topic /nodes/alarm/outputs/out/0: Topic "log" is not declared. Add it under "topics".'],
    ],
    [
      "fields that only a stream can keep",
      { topics: { fahrenheit: { durability: "synced" } } },
      [
        'flow/stream-only /topics/fahrenheit/durability: "durability" is for stream topics, and "fahrenheit" is a memory topic. Remove it, or set the topic\'s delivery to "stream".',
      ],
    ],
    [
      "a beginning of an input that only a stream has",
      {
        nodes: { alarm: { ...sound.nodes.alarm, inputs: { in: [{ topic: "fahrenheit", from: "start" }] } } },
      },
      [
        'flow/stream-only /nodes/alarm/inputs/in/0/from: "from" is for stream topics, and "fahrenheit" is a memory topic. Remove it, or set the topic\'s delivery to "stream".',
      ],
    ],
    [
      "a dead-letter topic that is no stream",
      { topics: { readings: { ...sound.topics.readings, deadLetter: "fahrenheit" } } },
      [
        'flow/dead-letter /topics/readings/deadLetter: "fahrenheit" cannot take the dead letters of "readings": it must be another topic, with delivery "stream".',
      ],
    ],
    [
      "a topic that would be its own dead-letter topic",
      { topics: { readings: { ...sound.topics.readings, deadLetter: "readings" } } },
      [
        'flow/dead-letter /topics/readings/deadLetter: "readings" cannot take the dead letters of "readings": it must be another topic, with delivery "stream".',
      ],
    ],
    [
      "partitions without a key",
      { topics: { readings: { ...sound.topics.readings, partitions: 4 } } },
      [
        'flow/partition-key /topics/readings/partitions: Topic "readings" has 4 partitions but no "key". Name the field that keeps the order, for example "/id".',
      ],
    ],
    [
      "a check without a schema",
      { topics: { fahrenheit: { validate: true } } },
      [
        'flow/nothing-to-check /topics/fahrenheit/validate: Topic "fahrenheit" says "validate", but has no schema to check against. Add a schema.',
      ],
    ],
    [
      "a schema that is none",
      { topics: { fahrenheit: { schema: { properties: { a: { type: "strng" } } } } } },
      [
        'flow/bad-schema /topics/fahrenheit/schema/properties/a/type: The schema of topic "fahrenheit" is no valid JSON Schema: "properties.a.type" cannot be "strng". Correct the schema.',
      ],
    ],
    [
      "a schema of a draft that nobody knows",
      { topics: { fahrenheit: { schema: { $schema: "https://example.com/mine" } } } },
      [
        'flow/bad-schema /topics/fahrenheit/schema/$schema: The schema of topic "fahrenheit" is no valid JSON Schema: "$schema" cannot be "https://example.com/mine". Correct the schema.',
      ],
    ],
    [
      "a schema that refers to what is not in it",
      { topics: { fahrenheit: { schema: { $ref: "#/$defs/temperature" } } } },
      [
        'flow/bad-schema /topics/fahrenheit/schema/$ref: The schema of topic "fahrenheit" is no valid JSON Schema: there is nothing at the $ref "#/$defs/temperature" in it. Correct the schema.',
      ],
    ],
    [
      "a pattern that could take for ever",
      { topics: { fahrenheit: { schema: { pattern: "^(a+)+$" } } } },
      [
        'flow/slow-pattern /topics/fahrenheit/schema/pattern: The pattern "^(a+)+$" can take for ever on some texts and is not checked. Write it without repeats inside repeats.',
      ],
    ],
    [
      "a schema beside a protobuf type whose file is not there",
      { topics: { fahrenheit: { schema: {}, proto: "t.proto#weather.Reading" } } },
      [
        'flow/schema-twice /topics/fahrenheit/proto: Topic "fahrenheit" has both "schema" and "proto". Keep one.',
        'flow/file-missing /topics/fahrenheit/proto: File "t.proto" is missing. Create it beside the flow, or send its text under "files".',
      ],
    ],
    [
      "one that no node uses",
      { topics: { spare: {} } },
      ['flow/topic-unused /topics/spare: Topic "spare" is not used by any node. Wire it, or remove it.'],
    ],
  ])("tells of %s", (_, changes, sentences) => {
    const { topics, ...flow } = bent(changes);
    expect(told(JSON.parse(JSON.stringify({ ...flow, topics })), files)).toEqual(sentences);
  });

  it("lets dead letters be read without declaring their topic", () => {
    const rescue = { type: "script", config: { code: "" }, inputs: { in: ["readings.dead"] } };
    expect(tellOf({ nodes: { rescue } })).toEqual([]);
    const again = { ...rescue, inputs: { in: ["readings.dead.dead"] } };
    expect(tellOf({ nodes: { rescue, again } })).toEqual([]);
    const lost = { ...rescue, inputs: { in: ["fahrenheit.dead"] } };
    expect(tellOf({ nodes: { lost } })).toEqual([
      'flow/unknown-topic /nodes/lost/inputs/in/0: Topic "fahrenheit.dead" is not declared. Did you mean "fahrenheit"?',
    ]);
  });

  it("counts a topic as used when a config names it, or a node that is disabled", () => {
    const nodes = {
      namer: { type: "change", ...fed, config: { topic: "spare" } },
      sleeper: { type: "change", disabled: true, outputs: { out: ["idle"] } },
    };
    expect(tellOf({ topics: { spare: {}, idle: {} }, nodes })).toEqual([]);
  });
});

describe("node types", () => {
  it.each<[string, Parameters<typeof bent>[0], string[]]>([
    [
      "a type that is not installed, with the nearest one",
      { nodes: { extra: { type: "tmer" } } },
      ['flow/unknown-type /nodes/extra/type: Node type "tmer" is not installed. Did you mean "timer"?'],
    ],
    [
      "a type of the flow that is misspelt",
      { nodes: { convert: { ...sound.nodes.convert, type: "to-farenheit" } } },
      [
        'flow/unknown-type /nodes/convert/type: Node type "to-farenheit" is not installed. Did you mean "to-fahrenheit"?',
      ],
    ],
    [
      "a type like no other",
      { nodes: { extra: { type: "mailbox" } } },
      [
        'flow/unknown-type /nodes/extra/type: Node type "mailbox" is not installed. Install its package and name it under "packages".',
      ],
    ],
    [
      "a file as a type",
      { nodes: { extra: { type: "./clean.json" } } },
      [
        'flow/subflow /nodes/extra/type: Flows as node types ("interface", or a "type" that is a file) are not supported yet. Connect the flows by a shared topic, one whose name begins with "/".',
      ],
    ],
    [
      "a type of the flow that hides an installed one",
      { types: { timer: { code: "" } } },
      [
        'flow/type-shadowed /types/timer: Type "timer" hides the one from package "@millrace/nodes-test" in this flow. Rename it if that is not meant.',
        'flow/unknown-field /nodes/thermometer/config/every: There is no field "every" in the config of node "thermometer". Remove it.',
        'flow/unknown-field /nodes/thermometer/config/payload: There is no field "payload" in the config of node "thermometer". Remove it.',
        'flow/unknown-output /nodes/thermometer/outputs/tick: "timer" has no output "tick". It has "out", "error".',
        'flow/node-unfed /nodes/thermometer: Node "thermometer" gets no messages: none of its inputs is wired. Wire one to a topic.',
      ],
    ],
    [
      "a type without code",
      { types: { extra: {} } },
      ['flow/missing-field /types/extra: "code" is missing in type "extra". Add it.'],
    ],
    [
      "a type whose code is not there",
      { types: { extra: { code: { $file: "main.extra.ts" } } } },
      [
        'flow/file-missing /types/extra/code/$file: File "main.extra.ts" is missing. Create it beside the flow, or send its text under "files".',
      ],
    ],
    [
      "a type whose code lies outside",
      { types: { extra: { code: { $file: "../secrets.ts" } } } },
      [
        'flow/file-outside /types/extra/code/$file: "../secrets.ts" is not a file inside the flow\'s folder. Name one beside the flow, for example "main.convert.ts".',
      ],
    ],
    [
      "a port whose name means something else",
      { types: { extra: { code: "", inputs: { close: {} } } } },
      [
        'flow/wrong-value /types/extra/inputs/close: An input of type "extra" is "close". This name has a meaning of its own. Choose another one.',
      ],
    ],
    [
      "a bad schema in the config of a type, at its own place and once",
      {
        types: { extra: { code: "", config: { a: { type: "strng" } } } },
        nodes: { one: { type: "extra", ...fed, config: { b: 1 } } },
      },
      [
        'flow/bad-schema /types/extra/config/a/type: The config of type "extra" is no valid JSON Schema: "properties.a.type" cannot be "strng". Correct the schema.',
      ],
    ],
    [
      "a config schema without end",
      { types: { extra: { code: "", config: { type: "object", properties: { next: { $ref: "#" } } } } } },
      [
        'flow/bad-schema /types/extra/config: The config of type "extra" is no valid JSON Schema: it refers to itself, or is too large. Correct the schema.',
      ],
    ],
  ])("tells of %s", (_, changes, sentences) => {
    expect(tellOf(changes)).toEqual(sentences);
  });
});

describe("ports", () => {
  it.each<[string, Parameters<typeof bent>[0], string[]]>([
    [
      "an input that the type does not have",
      { nodes: { alarm: { ...sound.nodes.alarm, inputs: { inn: ["fahrenheit"] } } } },
      ['flow/unknown-input /nodes/alarm/inputs/inn: "script" has no input "inn". Did you mean "in"?'],
    ],
    [
      "an input of a source",
      { nodes: { extra: { type: "timer", inputs: { in: ["fahrenheit"] } } } },
      ['flow/unknown-input /nodes/extra/inputs/in: "timer" has no input "in". It has no inputs.'],
    ],
    [
      "an output that the type does not have",
      { nodes: { extra: { type: "timer", outputs: { ticks: ["fahrenheit"] } } } },
      ['flow/unknown-output /nodes/extra/outputs/ticks: "timer" has no output "ticks". Did you mean "tick"?'],
    ],
    [
      "an output that the config does not name",
      {
        nodes: {
          sort: {
            type: "switch",
            ...fed,
            config: { rules: [{ port: "hot", when: "x" }], else: "cold" },
            outputs: { hot: ["/alert"], cold: ["/alert"], error: ["/alert"], warm: ["/alert"] },
          },
        },
      },
      [
        'flow/unknown-output /nodes/sort/outputs/warm: "switch" has no output "warm". It has "hot", "cold", "error".',
      ],
    ],
    [
      "a topic that a port names twice",
      { nodes: { extra: { type: "timer", outputs: { tick: ["fahrenheit", "fahrenheit"] } } } },
      [
        'flow/wired-twice /nodes/extra/outputs/tick/1: Port "tick" names topic "fahrenheit" twice. Remove one.',
      ],
    ],
    [
      "a node whose inputs lead nowhere",
      { nodes: { extra: { type: "change" } } },
      [
        'flow/node-unfed /nodes/extra: Node "extra" gets no messages: none of its inputs is wired. Wire one to a topic.',
      ],
    ],
    [
      "a node that reads what nobody sends",
      { topics: { quiet: {} }, nodes: { extra: { type: "change", inputs: { in: ["quiet"] } } } },
      [
        'flow/node-unfed /nodes/extra/inputs: Node "extra" gets no messages: no node sends to the topics that it reads. Wire an output to one of them.',
      ],
    ],
    [
      "nothing about a stream that only others fill",
      {
        topics: { orders: { delivery: "stream" } },
        nodes: { extra: { type: "change", inputs: { in: ["orders"] } } },
      },
      [],
    ],
    [
      "nothing about the ports and the config of a node that is disabled",
      { nodes: { extra: { type: "tmer", disabled: true, config: { a: "${NOWHERE}" } } } },
      [],
    ],
  ])("tells of %s", (_, changes, sentences) => {
    expect(tellOf(changes)).toEqual(sentences);
  });
});

describe("types along a wire", () => {
  const wired = (from: string, to: string, topic: object = {}) =>
    told({
      topics: { wire: topic },
      nodes: {
        a: { type: from, outputs: { out: ["wire"] } },
        b: { type: to, inputs: { in: ["wire"] } },
      },
    });

  it("must agree between emitter and reader", () => {
    expect(wired("thermometer", "convert")).toEqual([
      'flow/port-mismatch /nodes/b/inputs/in/0: "celsius" is required by "b", not given by "a".',
    ]);
    expect(wired("thermometer", "speak")).toEqual([
      'flow/port-mismatch /nodes/b/inputs/in/0: "a" gives an object, "b" needs a text.',
    ]);
  });

  it("must agree with the topic, at either end", () => {
    const needsCelsius = { schema: { type: "object", required: ["celsius"] } };
    expect(wired("thermometer", "change", needsCelsius)).toEqual([
      'flow/port-mismatch /nodes/a/outputs/out/0: "celsius" is required by topic "wire", not given by "a".',
    ]);
    expect(wired("thermometer", "speak", { schema: { type: "object" } })).toEqual([
      'flow/port-mismatch /nodes/b/inputs/in/0: Topic "wire" gives an object, "b" needs a text.',
    ]);
  });

  it("agree when nothing is known", () => {
    expect(wired("change", "convert").filter((sentence) => sentence.includes("mismatch"))).toEqual([]);
  });
});

describe("circles of memory topics", () => {
  const circle = (second: object, topic: object = {}) =>
    told({
      topics: { one: topic, two: {} },
      nodes: {
        a: { type: "change", inputs: { in: ["two"] }, outputs: { out: ["one"] } },
        b: { inputs: { in: ["one"] }, ...second },
      },
    });

  it("are told when no node can end them", () => {
    expect(circle({ type: "change", outputs: { out: ["two"] } })).toEqual([
      'flow/endless-cycle /nodes/a: Messages go round for ever: "a" to "b" to "a". Put a switch or filter into the circle.',
    ]);
  });

  it("are fine with a node that chooses, or through a stream", () => {
    const rules = { rules: [{ port: "again", when: "x" }] };
    expect(circle({ type: "switch", config: rules, outputs: { again: ["two"] } })).toEqual([]);
    expect(circle({ type: "script", config: { code: "" }, outputs: { out: ["two"] } })).toEqual([]);
    expect(circle({ type: "change", outputs: { out: ["two"] } }, { delivery: "stream" })).toEqual([]);
  });
});

describe("what was found before", () => {
  it("comes first, and is not told again", () => {
    const found = {
      severity: "error",
      code: "flow/file-outside",
      message: "A link leads out.",
      path: "/nodes/alarm/config/code/$file",
    } as const;
    const options = { name: "main", types, environment: {}, found: [found] };
    expect(validateFlow(bundleOf(sound), options)).toEqual([found]);
  });
});
