// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how flows name variables
// A node's config: what is told of it, and what the node gets.
import { describe, expect, it } from "vitest";
import { planOf, told } from "./fixture.ts";

const flowWith = (type: string, config: unknown) => ({ nodes: { a: { type, config } } });
const tell = (type: string, config: unknown, environment: Record<string, string> = {}) =>
  told(flowWith(type, config), { "a.txt": "text of a", "code/b.ts": "b" }, environment).filter(
    (sentence) => !sentence.startsWith("flow/node-unfed"),
  );
const given = (type: string, config: unknown, environment: Record<string, string> = {}) =>
  planOf(flowWith(type, config), { "a.txt": "text of a", "code/b.ts": "b" }, environment).nodes.get("a")
    ?.config;

describe("what is told of a config", () => {
  it.each<[string, string, unknown, string[]]>([
    [
      "a field that must be given, when there is no config at all",
      "script",
      undefined,
      ['flow/missing-field /nodes/a/config: "code" is missing in the config of node "a". Add it.'],
    ],
    [
      "a misspelt field",
      "timer",
      { evry: "1s" },
      [
        'flow/unknown-field /nodes/a/config/evry: There is no field "evry" in the config of node "a". Did you mean "every"?',
      ],
    ],
    [
      "a misspelt field further in",
      "switch",
      { rules: [{ port: "a", when: "x", pot: 1 }] },
      [
        'flow/unknown-field /nodes/a/config/rules/0/pot: There is no field "pot" in "rules[0]" of node "a". Did you mean "port"?',
      ],
    ],
    [
      "a wrong value, with its own place",
      "timer",
      { count: 0, every: "1 sec" },
      [
        'flow/wrong-value /nodes/a/config/every: "every" of the config of node "a" is "1 sec". Write a duration: a number and ms, s, m, h or d, for example "5s".',
        'flow/wrong-value /nodes/a/config/count: "count" of the config of node "a" is 0. It must be at least 1.',
      ],
    ],
    [
      "a missing field of a part",
      "timer",
      { window: {} },
      ['flow/missing-field /nodes/a/config/window: "from" is missing in "window" of node "a". Add it.'],
    ],
    ["nothing in a payload of any form", "timer", { payload: { anything: [1, { deep: true }] } }, []],
    [
      "a variable that is not set",
      "thermometer",
      { key: "k-${KEY}" },
      [
        'flow/env-missing /nodes/a/config/key: The environment variable "KEY" is not set. Set it where the engine starts, or write $${KEY} to mean the text itself.',
      ],
    ],
    ["nothing of a secret, whatever the pattern says", "thermometer", { key: { $secret: "key" } }, []],
    [
      "a secret without a name",
      "thermometer",
      { key: { $secret: 5 } },
      [
        'flow/wrong-value /nodes/a/config/key/$secret: "$secret" of node "a" is 5. Write the name of a secret.',
      ],
    ],
    [
      "a file that is not there",
      "script",
      { code: { $file: "b.ts" } },
      [
        'flow/file-missing /nodes/a/config/code/$file: File "b.ts" is missing. Create it beside the flow, or send its text under "files".',
      ],
    ],
    [
      "a file that is no text",
      "script",
      { code: { $file: {} } },
      ['flow/wrong-value /nodes/a/config/code/$file: "$file" of node "a" is an object. It must be a text.'],
    ],
    [
      "a node that the flow does not have",
      "catch",
      { nodes: ["a", "alarm"] },
      [
        'flow/unknown-node /nodes/a/config/nodes/1: The flow has no node "alarm". Remove it here, or correct the name.',
      ],
    ],
    ["nothing of ${…} in code", "script", { code: "`${message.id} ${name}`" }, []],
  ])("is %s", (_, type, config, sentences) => {
    expect(tell(type, config)).toEqual(sentences);
  });

  it.each([
    "../a.txt",
    "/etc/passwd",
    "C:/a.txt",
    ".env",
    "node_modules/a.js",
    "a//b",
    "a/../../b",
    "..\\a",
    "",
  ])("is that %j is no file of the flow", (file) => {
    const [sentence] = tell("script", { code: { $file: file } });
    expect(sentence?.split(":")[0]).toBe("flow/file-outside /nodes/a/config/code/$file");
  });
});

describe("what a node gets", () => {
  it("has defaults, also inside of what is given", () => {
    expect(given("timer", { window: { from: "08:00" } })).toEqual({
      count: 3,
      window: { from: "08:00", to: "24:00" },
    });
  });

  it("has the text of files and of the environment, and secrets as references", () => {
    expect(given("script", { code: { $file: "code/b.ts" } })).toEqual({ code: "b" });
    expect(given("script", { code: { $file: "./a.txt" } })).toEqual({ code: "text of a" });
    const environment = { HOST: "example.com", NAME: "x" };
    expect(given("timer", { payload: ["${HOST}/${NAME}", "$${HOST}", "${ HOST }"] }, environment)).toEqual({
      count: 3,
      payload: ["example.com/x", "${HOST}", "${ HOST }"],
    });
    expect(given("thermometer", { key: { $secret: "key" } })).toEqual({ key: { $secret: "key" } });
  });

  it("has a number where the schema wants one and the environment says it", () => {
    expect(given("thermometer", { port: "${PORT}" }, { PORT: "8080" })).toEqual({ port: 8080 });
    expect(tell("thermometer", { port: "${PORT}" }, { PORT: "8080" })).toEqual([]);
    expect(tell("thermometer", { port: "${PORT}" }, { PORT: "any" })).toEqual([
      'flow/wrong-value /nodes/a/config/port: "port" of the config of node "a" is "any". It must be a whole number.',
    ]);
    expect(tell("thermometer", { port: "8080" })).toEqual([
      'flow/wrong-value /nodes/a/config/port: "port" of the config of node "a" is "8080". It must be a whole number.',
    ]);
  });

  it("is frozen, and the document stays as it was", () => {
    const flow = flowWith("timer", { window: { from: "08:00" } });
    const config = planOf(flow).nodes.get("a")?.config;
    expect([Object.isFrozen(config), Object.isFrozen(config?.window)]).toEqual([true, true]);
    expect(flow).toEqual(flowWith("timer", { window: { from: "08:00" } }));
    expect(Object.isFrozen(flow.nodes.a.config)).toBe(false);
  });
});
