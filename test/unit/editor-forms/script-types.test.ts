// The declarations a script is checked against, and how its text and its errors reach the checker and back.
import { expect, test } from "vitest";
import { checkedText, isModule, scriptProblems, summary } from "../../../editor/script/script-check.ts";
import { sampleSchema } from "../../../editor/script/script-ports.ts";
import { scriptTypes } from "../../../editor/script/script-types.ts";
import type { FlowDocument, NodeTypeInfo } from "../../../engine/admin/api.ts";

const info = (type: string, outputs: NodeTypeInfo["outputs"]): NodeTypeInfo => ({
  type,
  title: type,
  summary: "",
  category: "function",
  icon: "",
  color: "",
  config: {},
  inputs: {},
  outputs,
  outputsFrom: [],
  openOutputs: type === "script",
  source: false,
  package: "@millrace/nodes-core",
  version: "1.0.0",
  docs: "",
});
// biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a flow names its environment
const ENVIRONMENT = "${PLACE}";
const celsius = { type: "object", required: ["celsius"], properties: { celsius: { type: "number" } } };
const catalogue = new Map(
  [info("script", { out: {} }), info("sensor", { reading: celsius }), info("timer", { tick: {} })].map(
    (type) => [type.type, type],
  ),
);
const script = { type: "script", inputs: { in: ["readings"] }, outputs: { out: ["hot"], cold: [] } };
const types = (flow: FlowDocument) => scriptTypes({ node: script, flow, catalogue });

test("the payload is typed by the schema of the input's topic, and emitted payloads by those of the outputs'", () => {
  const text = types({ topics: { readings: { schema: celsius }, hot: { schema: { type: "string" } } } });
  expect(text).toContain("type Payload = {\n  celsius: number;\n};");
  expect(text).toContain("interface Outputs {\n  out: string;\n  cold: unknown;\n  error: unknown;\n}");
});

test("a topic without a schema takes the type of the ports that emit into it", () => {
  const sensor = { type: "sensor", outputs: { reading: ["readings"] } };
  expect(types({ topics: { readings: {} }, nodes: { sensor } })).toContain(
    "type Payload = {\n  celsius: number;\n};",
  );
  const other = { type: "unknown-type", outputs: { out: ["readings"] } };
  expect(types({ topics: { readings: {} }, nodes: { sensor, other } })).toContain("type Payload = any;");
});

test("what a timer sends is read from the payload in its config", () => {
  const timer = {
    type: "timer",
    config: { payload: { celsius: 31, at: ENVIRONMENT } },
    outputs: { tick: ["readings"] },
  };
  expect(types({ topics: { readings: {} }, nodes: { timer } })).toContain(
    "{\n  celsius: number;\n  at: unknown;\n}",
  );
  expect(sampleSchema({ $secret: "x" })).toBe(true);
  expect(sampleSchema([1])).toEqual({ type: "array", items: { type: "number" } });
});

test("an input that names its start is read like a plain one", () => {
  const node = { type: "script", inputs: { in: [{ topic: "readings", from: "start" as const }] } };
  const text = scriptTypes({ node, flow: { topics: { readings: { schema: celsius } } }, catalogue });
  expect(text).toContain("celsius: number");
  expect(text).toContain("interface Outputs {\n  out: unknown;");
});

test("a type of the flow is typed by its own ports and config, written whole or by its properties", () => {
  const definition = { inputs: { in: celsius }, outputs: { out: { type: "number" } }, code: "" };
  const text = (config: Record<string, unknown>) =>
    scriptTypes({
      type: "t",
      flow: { types: { t: { ...definition, config } } },
      catalogue,
    });
  expect(text({ limit: { type: "number" } })).toContain("type Config = {\n  limit?: number;\n};");
  expect(text({ type: "object", required: ["limit"], properties: { limit: { type: "number" } } })).toContain(
    "type Config = {\n  limit: number;\n};",
  );
  expect(text({})).toContain("interface Outputs {\n  out: number;\n  error: unknown;\n}");
});

test("a script is a module only when it has an export default of its own", () => {
  expect(isModule("export default (message) => message.payload")).toBe(true);
  expect(isModule("const a = 1;\nexport default a;")).toBe(true);
  expect(isModule("export async function onStart() {}")).toBe(true);
  expect(isModule("return 1; // not export default")).toBe(false);
});

test("errors of a body come back at the user's own places, and what is beyond its end is cut to it", () => {
  const code = "return message.paylod;";
  const checked = checkedText(code);
  expect(checked.text).toBe(`export default async function (): Promise<Returned> {${code}\n}\n`);
  const at = checked.text.indexOf("paylod");
  const chain = { messageText: "No.", next: [{ messageText: "Because." }] };
  expect(
    scriptProblems(code, checked, [
      { code: 2551, start: at, length: 6, messageText: chain, category: 1 },
      { code: 1005, start: checked.text.length, length: 1, messageText: "'}' expected.", category: 1 },
      { code: 7006, start: at, length: 1, messageText: "implicit any", category: 1 },
      { code: 6133, start: at, length: 1, messageText: "unused", category: 2 },
    ]),
  ).toEqual([
    { code: 2551, message: "No.\n  Because.", severity: "error", start: 15, end: 21 },
    { code: 1005, message: "'}' expected.", severity: "error", start: code.length, end: code.length },
  ]);
});

test("what is written may hold more than the schema names, what is read may not be misspelt", () => {
  const text = types({ topics: { readings: { schema: celsius }, hot: { schema: celsius } } });
  expect(text).toContain("type Payload = {\n  celsius: number;\n};");
  expect(text).toContain("out: {\n  celsius: number;\n  [name: string]: unknown;\n};");
});

test("several inputs are told apart by the port of the message", () => {
  const inputs = { a: { type: "string" }, b: {} };
  const flow = { types: { t: { inputs, outputs: { done: {} }, code: "" } } };
  const text = scriptTypes({ type: "t", flow, catalogue });
  expect(text).toContain(
    'declare const message: (Message<string> & { readonly port: "a" }) | (Message<any> & { readonly port: "b" });',
  );
  expect(text).toContain("type Returned = unknown;");
});

test("a long explanation is summed up by its cause", () => {
  expect(summary("Type A is not B.\n  Property x is missing.")).toBe("Property x is missing.");
});

test("what TypeScript says in its own terms is said in ours", () => {
  const [returned, unknown] = scriptProblems("x", { text: "x", offset: 0 }, [
    {
      code: 2322,
      start: 0,
      length: 1,
      messageText: "Type 'string' is not assignable to type 'Returned'.",
      category: 1,
    },
    {
      code: 2591,
      start: 0,
      length: 1,
      messageText: "Cannot find name 'process'. Do you need to install type definitions for node?",
      category: 1,
    },
  ]);
  expect(returned?.message).toBe('What is returned does not fit what the output "out" promises.');
  expect(unknown?.message).toBe("Cannot find name 'process'.");
});
