// The script node between the topics and the isolate, and types that flows script themselves.
import {
  Failure,
  type LoadedScript,
  type ScriptEffects,
  type ScriptMessage,
  type ScriptOutcome,
  type ScriptPower,
  type ScriptSource,
} from "@millrace/sdk";
import { testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import { scriptedDefinition } from "../../../nodes/core/index.ts";
import script from "../../../nodes/core/script.ts";

type Answer = (
  message: ScriptMessage,
  effects: Omit<ScriptEffects, "emit">,
) => ScriptOutcome | Promise<ScriptOutcome>;

/** Stands for the isolate: `answer` is the script. Keeps what was loaded and how messages came over. */
class FakeScripts implements ScriptPower {
  readonly loaded: { source: ScriptSource; effects: ScriptEffects }[] = [];
  readonly batches: ScriptMessage[][] = [];
  closed = 0;
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  async load(source: ScriptSource, effects: ScriptEffects): Promise<LoadedScript> {
    this.loaded.push({ source, effects });
    return {
      run: async (messages, effectsOf) => {
        this.batches.push([...messages]);
        return Promise.all(messages.map((message, index) => this.#answer(message, effectsOf(index))));
      },
      close: async () => void this.closed++,
    };
  }
}

const emits = (...list: { port: string; payload: unknown; attributes?: Record<string, string> }[]) => ({
  ok: true as const,
  emits: list,
});

describe("script", () => {
  it("hands the isolate its source, limits, values and granted environment only", async () => {
    const scripts = new FakeScripts(() => emits());
    const config = {
      code: "return 1;",
      timeout: "250ms",
      memoryMb: 32,
      env: ["A", "MISSING"],
      config: { limit: 3 },
    };
    const options = {
      config,
      scripts,
      env: { A: "1", B: "2" },
      wired: { outputs: ["alarm"] },
      node: { id: "conv" },
    };
    const node = await testNode(script, options);
    expect(scripts.loaded.map(({ source }) => source)).toEqual([
      {
        name: "test/conv",
        code: "return 1;",
        config: { limit: 3 },
        outputs: ["out", "error", "alarm"],
        timeoutMs: 250,
        memoryMb: 32,
        env: { A: "1" },
      },
    ]);
    await node.close();
    expect(scripts.closed).toBe(1);
  });

  it("sends waiting messages over in batches; what each emits descends from it alone", async () => {
    const scripts = new FakeScripts(({ payload }) =>
      emits({ port: "alarm", payload, attributes: { hot: "yes" } }, { port: "out", payload: [payload] }),
    );
    await using node = await testNode(script, { scripts });
    const messages = Array.from({ length: 300 }, (_, index) => ({ payload: index, id: `m${index}` }));
    await Promise.all(messages.map((message) => node.send("in", message)));
    expect(scripts.batches.map((batch) => batch.length)).toEqual([256, 44]);
    expect(node.outputs.out?.map(({ from }) => from.map(({ id }) => id))).toEqual(
      messages.map(({ id }) => [id]),
    );
    expect(node.outputs.alarm?.[7]).toMatchObject({
      payload: 7,
      attributes: { hot: "yes" },
      correlationId: "m7",
    });
  });

  it("fails only the messages whose script failed, or whose output was refused", async () => {
    const scripts = new FakeScripts(({ payload }) =>
      payload === "throws" ? { ok: false, error: new Failure("thrown") } : emits({ port: "out", payload }),
    );
    const accept = ({ payload }: { payload: unknown }) => {
      if (payload === "refused") throw new Error("The topic is full.");
    };
    await using node = await testNode(script, { scripts, accept });
    const outcomes = await Promise.allSettled(
      ["a", "throws", "refused", "b"].map((each) => node.send("in", each)),
    );
    expect(
      outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.message : "ok")),
    ).toEqual(["ok", "thrown", "The topic is full.", "ok"]);
    expect(node.payloads("out")).toEqual(["a", "b"]);
  });

  it("serves log, status and state, and emits outside of messages", async () => {
    const scripts = new FakeScripts(async ({ payload }, effects) => {
      effects.log("warn", "hot");
      effects.status("busy", "ok");
      effects.status("odd", "purple");
      await effects.state({ op: "set", scope: "flow", key: "last", value: payload });
      await effects.state({ op: "set", scope: "node", key: "gone", value: 1 });
      await effects.state({ op: "delete", scope: "node", key: "gone" });
      const last = await effects.state({ op: "get", scope: "flow", key: "last" });
      return emits({ port: "out", payload: last });
    });
    await using node = await testNode(script, { scripts });
    await node.send("in", 5);
    expect(node.payloads("out")).toEqual([5]);
    expect(await node.state.flow.get("last")).toBe(5);
    expect(await node.state.get("gone")).toBeUndefined();
    expect(node.logs).toMatchObject([{ level: "warn", text: "hot" }]);
    expect(node.statuses).toEqual([
      { text: "busy", level: "ok" },
      { text: "odd", level: "info" },
    ]);
    scripts.loaded[0]?.effects.emit("out", "late", { by: "timer" });
    await node.clock.advance(0);
    expect(node.outputs.out?.[1]).toMatchObject({ payload: "late", attributes: { by: "timer" }, from: [] });
  });
});

describe("scriptedDefinition", () => {
  const echo = () => new FakeScripts(({ payload, port }) => emits({ port: "out", payload: [port, payload] }));

  it("makes a type of what a flow says", async () => {
    const definition = scriptedDefinition({
      type: "to-fahrenheit",
      title: "To °F",
      config: { digits: { type: "integer", default: 1 } },
      inputs: { in: { type: "object" } },
      outputs: { out: true },
      code: "return 1;",
      origin: "main.to-fahrenheit.ts",
    });
    expect(definition).toMatchObject({
      type: "to-fahrenheit",
      title: "To °F",
      category: "flow-types",
      icon: "code",
    });
    expect(definition.inputs).toEqual({ in: { type: "object" } });
    const scripts = echo();
    await using node = await testNode(definition, { scripts });
    await node.send("in", { payload: 1, id: "m" });
    expect(node.payloads("out")).toEqual([[undefined, 1]]);
    expect(scripts.loaded[0]?.source).toMatchObject({
      name: "main.to-fahrenheit.ts",
      config: { digits: 1 },
      outputs: ["out", "error"],
    });
    await expect(testNode(definition, { scripts, config: { digits: "x" } })).rejects.toThrow("/digits");
  });

  it("tells a script with several inputs which one a message came in by", async () => {
    const inputs = { left: {}, right: {} };
    const definition = scriptedDefinition({
      type: "both",
      inputs,
      outputs: { out: {} },
      code: "",
      origin: "x",
    });
    await using node = await testNode(definition, { scripts: echo() });
    await node.send("left", { payload: 1, id: "a" });
    await node.send("right", { payload: 2, id: "b" });
    expect(node.payloads("out")).toEqual([
      ["left", 1],
      ["right", 2],
    ]);
    expect(node.outputs.out?.[0]?.from).toMatchObject([{ id: "a" }]);
  });

  it("takes a whole schema as it is, and refuses ports that nodes cannot have", () => {
    const config = { type: "object", properties: { a: {} }, additionalProperties: false };
    const base = { type: "t", code: "", origin: "x" };
    expect(scriptedDefinition({ ...base, config }).config).toBe(config);
    expect(scriptedDefinition({ ...base, config: { type: { type: "string" } } }).config).toEqual({
      type: "object",
      properties: { type: { type: "string" } },
    });
    expect(() => scriptedDefinition({ ...base, inputs: { close: {} } })).toThrow(
      '"close" cannot be a port of "t"',
    );
  });
});
