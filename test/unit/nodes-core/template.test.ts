// The template node fills in plain data and nothing else.
import { type TestNodeOptions, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import template from "../../../nodes/core/template.ts";

async function filled(config: unknown, message: unknown, options: TestNodeOptions = {}) {
  await using node = await testNode(template, { ...options, config });
  await node.send("in", message);
  return node.emitted[0];
}

describe("template", () => {
  it.each<[string, unknown, string]>([
    ["Hi {{payload.name}}", { name: "<Ann>" }, "Hi <Ann>"],
    ["{{#payload.items}}{{n}},{{/payload.items}}", { items: [{ n: 1 }, { n: 2 }] }, "1,2,"],
    ["{{#payload.items}}{{.}} of {{payload.total}};{{/payload.items}}", { items: [1], total: 3 }, "1 of 3;"],
    ["{{^payload.items}}none{{/payload.items}}", { items: [] }, "none"],
    ["{{payload}}", { a: [1] }, '{"a":[1]}'],
    ["{{payload.missing}}!", {}, "!"],
    ["{{topic}} {{attributes.user}}", {}, "test ann"],
    [
      "{{payload.constructor}}{{payload.toString}}{{#payload.constructor.constructor}}x{{/payload.constructor.constructor}}",
      {},
      "",
    ],
    ["{{payload.call}}", { call: "a text" }, "a text"],
    ["{{> partial}}{{! comment }}ok", {}, "ok"],
    ["{{=<% %>=}}<% payload.a %>{{x}}", { a: 1 }, "1{{x}}"],
  ])("fills %s", async (text, payload, expected) => {
    const output = await filled({ template: text }, { payload, attributes: { user: "ann" } });
    expect(output?.payload).toBe(expected);
  });

  it("escapes HTML when asked", async () => {
    const output = await filled({ template: "<b>{{payload}}</b>{{{payload}}}", escape: "html" }, "<i>");
    expect(output?.payload).toBe("<b>&lt;i&gt;</b><i>");
  });

  it("makes JSON that no value can break out of", async () => {
    const config = {
      template: '{"text":"{{payload.text}}","n":{{payload.n}},"all":{{{payload.text}}}}',
      output: "json",
    };
    const text = 'a "quoted" \\ line\n","n":99,"x":"';
    expect((await filled(config, { text, n: 5 }))?.payload).toEqual({ text, n: 5, all: text });
  });

  it("reads environment and state", async () => {
    const config = { template: "{{env.STAGE}} {{flow.limits.max}} {{global.mode}} {{state.n}}" };
    const state = { node: { n: 1 }, flow: { limits: { max: 9 } }, global: { mode: "on" } };
    expect((await filled(config, null, { env: { STAGE: "test" }, state }))?.payload).toBe("test 9 on 1");
  });

  it("writes where it is told", async () => {
    const output = await filled({ template: "Hi {{payload.name}}", path: "payload.text" }, { name: "Ann" });
    expect(output?.payload).toEqual({ name: "Ann", text: "Hi Ann" });
    const other = await filled({ template: "{{payload}}", path: "attributes.subject" }, "x");
    expect([other?.payload, other?.attributes]).toEqual(["x", { subject: "x" }]);
  });

  it("takes the template from the message, and leaves a plain one alone", async () => {
    const config = { templateFrom: "payload.template" };
    const payload = { template: "{{payload.a}} {{flow.x}}", a: 1 };
    expect((await filled(config, payload, { state: { flow: { x: 2 } } }))?.payload).toBe("1 2");
    expect((await filled({ template: "{{a}}", syntax: "plain" }, 1))?.payload).toBe("{{a}}");
  });

  it("fails a message whose template is broken or makes no JSON, alone", async () => {
    await using node = await testNode(template, { config: { templateFrom: "payload", output: "json" } });
    await expect(node.send("in", "{{#a}}")).rejects.toThrow(/Unclosed section/);
    await expect(node.send("in", "[1")).rejects.toThrow(/did not make JSON/);
    await node.send("in", "[1]");
    expect(node.payloads("out")).toEqual([[1]]);
  });
});
