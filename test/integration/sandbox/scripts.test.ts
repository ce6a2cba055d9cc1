// What scripts can do: both forms, everything in scope, payloads of every kind, errors with places.
import { afterAll, describe, expect, it } from "vitest";
import { makeSandbox, message, outcomes, resultOf, results, source, Witness } from "./support.ts";

const sandbox = makeSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());
const flow = sandbox.forFlow("main");

describe("a body", () => {
  it("sends what it returns to out", async () => {
    const script = await flow.load(source("return { n: message.payload.n + 1 } as const"), new Witness());
    expect(await outcomes(script, [{ n: 1 }, { n: 2 }])).toEqual([
      { ok: true, emits: [{ port: "out", payload: { n: 2 } }] },
      { ok: true, emits: [{ port: "out", payload: { n: 3 } }] },
    ]);
  });

  it.each([
    ["nothing", "", []],
    ["null", "return null", []],
    [
      "an array, each item for itself and no null",
      "return [1, null, 'two', undefined, [3]]",
      [1, "two", [3]],
    ],
    ["false and 0, which are values", "return [false, 0, '']", [false, 0, ""]],
    ["a promise of a value", "return Promise.resolve(5)", [5]],
  ])("that returns %s", async (_what, code, expected) => {
    expect(await resultOf(sandbox, code)).toEqual(expected);
  });

  it("emits to its ports in order, what it returns last", async () => {
    const code = `
      const sent = { n: 1 };
      await emit("other", sent, { kind: "a", count: 2 });
      sent.n = 2;
      emit("other", sent);
      emit("error", "wrong");
      return 3;`;
    const script = await flow.load(source(code), new Witness());
    expect(await outcomes(script, [1])).toEqual([
      {
        ok: true,
        emits: [
          { port: "other", payload: { n: 1 }, attributes: { kind: "a", count: "2" } },
          { port: "other", payload: { n: 2 } },
          { port: "error", payload: "wrong" },
          { port: "out", payload: 3 },
        ],
      },
    ]);
  });

  it("sees the whole message, its config and its environment", async () => {
    const script = await flow.load(
      source("return { ...message, config, env }", { config: { deep: { a: 1 } }, env: { PLACE: "here" } }),
      new Witness(),
    );
    const sent = message({ a: 1 }, { attributes: { k: "v" }, attempt: 3 });
    const [outcome] = await script.run([sent], () => new Witness(), new AbortController().signal);
    expect(outcome).toEqual({
      ok: true,
      emits: [{ port: "out", payload: { ...sent, config: { deep: { a: 1 } }, env: { PLACE: "here" } } }],
    });
  });

  it("runs async messages one after the other, in order", async () => {
    const script = await flow.load(
      source(`
        globalThis.busy = (globalThis.busy ?? 0) + 1;
        const together = globalThis.busy;
        await new Promise((resolve) => setTimeout(resolve, 30 - message.payload * 10));
        globalThis.busy -= 1;
        return [message.payload, together];`),
      new Witness(),
    );
    expect(await results(script, [0, 1, 2])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  it("logs, shows a status and keeps state, each for the message it concerns", async () => {
    const around = new Witness();
    const script = await flow.load(
      source(`
        log.warn("got", { n: message.payload }, [1n]);
        console.log("plainly");
        status("at " + message.payload, "ok");
        await state.set("last", message.payload);
        await state.flow.update("sum", (sum) => (sum ?? 0) + message.payload);
        return [await state.get("last"), await state.global.get("none") ?? "none"];`),
      around,
    );
    const witnesses = [new Witness(), new Witness()];
    witnesses[1]?.stored.set("flow sum", 40);
    const got = await script.run(
      [message(1), message(2)],
      (index) => witnesses[index] ?? around,
      new AbortController().signal,
    );
    expect(got.map((outcome) => outcome.ok && outcome.emits.map(({ payload }) => payload))).toEqual([
      [1, "none"],
      [2, "none"],
    ]);
    expect(witnesses.map(({ logs, statuses, stored }) => ({ logs, statuses, stored: [...stored] }))).toEqual([
      {
        logs: ['warn got {"n":1} ["1n"]', "info plainly"],
        statuses: ["ok at 1"],
        stored: [
          ["node last", 1],
          ["flow sum", 1],
        ],
      },
      {
        logs: ['warn got {"n":2} ["1n"]', "info plainly"],
        statuses: ["ok at 2"],
        stored: [
          ["flow sum", 42],
          ["node last", 2],
        ],
      },
    ]);
    expect(around.logs).toEqual([]);
  });
});

describe("a module", () => {
  it("gets message and context, and runs its hooks", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source(`
        let base = 0;
        export const onStart = async ({ emit, log, state }: any) => { base = 10; await state.set("at", 1); await emit("other", "up"); log.info("up"); };
        export const onStop = ({ log }: any) => log.info("down");
        export default (message: any, { emit }: any) => { emit("other", base); return message.payload + base; }`),
      witness,
    );
    expect(await results(script, [1])).toEqual([[10, 11]]);
    await script.close();
    expect({ emits: witness.emits, logs: witness.logs, stored: [...witness.stored] }).toEqual({
      emits: [["other", "up"]],
      logs: ["info up", "info down"],
      stored: [["node at", 1]],
    });
  });

  it("emits outside any message from a timer that outlives its message", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source(
        "export default (m, { emit }) => { setTimeout(() => emit('other', m.payload, { late: 'yes' }), 5); }",
      ),
      witness,
    );
    const late = witness.until("emit other");
    expect(await outcomes(script, [7], witness)).toEqual([{ ok: true, emits: [] }]);
    await late;
    expect(witness.emits).toEqual([["other", 7, { late: "yes" }]]);
  });

  it("does not hear a timer after it was closed", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source(
        "export const onStart = ({ emit }) => setInterval(() => emit('out', 1), 1);\nexport default () => {}",
      ),
      witness,
    );
    await witness.until("emit out");
    await script.close();
    const count = witness.emits.length;
    expect(
      await resultOf(sandbox, "await new Promise((resolve) => setTimeout(resolve, 20)); return 1"),
    ).toEqual([1]);
    expect(witness.emits.length).toBe(count);
  });
});

describe("payloads", () => {
  it("come back as they went, whatever they hold", async () => {
    const script = await flow.load(source("return { same: message.payload }"), new Witness());
    const payloads = [
      { text: "ä漢🌍", list: [1.5, -1, 1e300, null, true] },
      {
        date: new Date(5),
        gone: undefined,
        big: 12345678901234567890n,
        odd: [Number.NaN, Number.NEGATIVE_INFINITY],
      },
      new Map<unknown, unknown>([
        ["a", new Set([1, "b"])],
        [2, { c: Buffer.from([1, 2]) }],
      ]),
      Buffer.from([0, 255]),
      "plain",
    ];
    const got = (await results(script, payloads)) as { same: unknown }[][];
    expect(got.map(([item]) => item?.same)).toEqual(payloads);
  });

  it("keep even broken text, as long as JSON carries them", async () => {
    expect(await resultOf(sandbox, "return '\\ud800' + String.fromCharCode(0)")).toEqual(["\ud800\0"]);
  });

  it("arrive as what they are", async () => {
    const script = await flow.load(
      source(
        "const p = message.payload; return [p instanceof Date, p instanceof Map, p instanceof Uint8Array, typeof p].join()",
      ),
      new Witness(),
    );
    expect(await results(script, [new Date(), new Map(), Buffer.from("a"), 1n, undefined, "x"])).toEqual([
      ["true,false,false,object"],
      ["false,true,false,object"],
      ["false,false,true,object"],
      ["false,false,false,bigint"],
      ["false,false,false,undefined"],
      ["false,false,false,string"],
    ]);
  });

  it("are copies: what a script does to them stays with it", async () => {
    const script = await flow.load(source("message.payload.n += 1; return message.payload"), new Witness());
    const payload = { n: 1 };
    expect(await results(script, [payload])).toEqual([[{ n: 2 }]]);
    expect(payload).toEqual({ n: 1 });
  });

  it("that cannot be sent fail their own message only", async () => {
    const script = await flow.load(
      source("return message.payload === 2 ? { f() {} } : message.payload"),
      new Witness(),
    );
    expect(await results(script, [1, 2, 3])).toEqual([
      [1],
      'A payload of script "main.x.ts" cannot be sent: A function cannot be part of a payload.',
      [3],
    ]);
    expect(await results(script, ["a", { f: () => 1 }, "b"])).toEqual([
      ["a"],
      'A payload of script "main.x.ts" cannot be sent: A function cannot be part of a payload.',
      ["b"],
    ]);
  });
});

describe("errors", () => {
  it("show the line and column of the user's source and nothing of ours", async () => {
    const code = "const deep = () => {\n  throw new TypeError('no ' + message.payload);\n};\n[1].map(deep);";
    const script = await flow.load(source(code), new Witness());
    const [outcome] = await outcomes(script, ["luck"]);
    expect(!outcome?.ok && [outcome?.error.name, outcome?.error.message, outcome?.error.stack]).toEqual([
      "TypeError",
      "no luck",
      "TypeError: no luck\n    at deep (main.x.ts:2:9)\n    at Array.map (<anonymous>)\n    at main.x.ts:4:5",
    ]);
  });

  it.each([
    ["const a = 1;\nconst b: = 2;", /^Script "main\.x\.ts" does not compile: .* \(main\.x\.ts:2:10\)$/],
    ["let a = 1;\nlet a = 2;", /Identifier 'a' has already been declared \(main\.x\.ts:2:5\)$/],
    ["enum A { B }", /enum is not supported.* \(main\.x\.ts:1:1\)$/],
    ["export default 5", /exports a function/],
    ["import fs from 'node:fs';\nexport default () => fs", /"node:fs" cannot be imported/],
    ["export default () => 1;\nthrow new Error('at once')", /failed to start: at once$/],
    [
      "export default () => 1;\nexport const onStart = async () => { throw new Error('not today') }",
      /failed to start: not today$/,
    ],
  ])("of %j come from load", async (code, sentence) => {
    await expect(flow.load(source(code), new Witness())).rejects.toThrow(sentence);
  });

  it.each([
    ["emit('nowhere', 1)", 'Script "main.x.ts" emitted to "nowhere", but its outputs are "out", "other".'],
    ["throw 'a word'", "a word"],
    ["throw null", "null"],
    ["throw { get message() { throw 1 } }", "The script threw a value that cannot be shown."],
    ["await null; undefinedName()", "undefinedName is not defined"],
  ])("of %j fail the message", async (code, sentence) => {
    expect(await resultOf(sandbox, code)).toBe(sentence);
  });

  it("say that there is no out to return to", async () => {
    expect(await resultOf(sandbox, "return 1", { outputs: ["a"] })).toBe(
      'Script "main.x.ts" returned a value, but has no output "out". Use emit(port, payload), or add "out".',
    );
  });

  it("in promises that nobody awaits are told in the log", async () => {
    const witness = new Witness();
    const script = await flow.load(source("Promise.reject(new Error('lost')); return 1"), witness);
    const told = witness.until("lost");
    expect(await outcomes(script, [1, 2], witness)).toEqual([
      { ok: true, emits: [{ port: "out", payload: 1 }] },
      { ok: true, emits: [{ port: "out", payload: 1 }] },
    ]);
    await told;
  });
});

describe("running", () => {
  it("keeps several batches of one script in order", async () => {
    const script = await flow.load(
      source("globalThis.n = (globalThis.n ?? 0) + 1; return globalThis.n"),
      new Witness(),
    );
    const got = await Promise.all([results(script, [1, 1]), results(script, [1]), results(script, [1, 1])]);
    expect(got).toEqual([[[1], [2]], [[3]], [[4], [5]]]);
  });

  it("lets a slow but fine batch run longer than one message may", async () => {
    const script = await flow.load(
      source("const end = Date.now() + 60; while (Date.now() < end); return message.payload", {
        timeoutMs: 250,
      }),
      new Witness(),
    );
    expect(await results(script, [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([[1], [2], [3], [4], [5], [6], [7], [8]]);
  });

  it("answers at once when its signal is aborted, and goes on with the next batch", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source(
        "if (message.payload === 'wait') { log.info('waiting'); await new Promise(() => {}); } return message.payload",
      ),
      witness,
    );
    const stop = new AbortController();
    const waiting = witness.until("waiting");
    const first = outcomes(script, ["a", "wait", "b"], witness, stop.signal);
    await waiting;
    stop.abort();
    const got = await first;
    expect(got.map(({ ok }) => ok).slice(1)).toEqual([false, false]);
    expect(got.map((outcome) => (outcome.ok ? "" : outcome.error.message)).at(-1)).toMatch(
      /was stopped before/,
    );
    expect(await results(script, ["c", "d"])).toEqual([["c"], ["d"]]);
  });

  it("splits a batch that is too large for one frame", async () => {
    const script = await flow.load(source("return message.payload.length", { memoryMb: 128 }), new Witness());
    const large = "x".repeat(6 * 1024 * 1024);
    expect(await results(script, [large, large, large, "y"])).toEqual([
      [large.length],
      [large.length],
      [large.length],
      [1],
    ]);
  });

  it("rejects when the sandbox was closed", async () => {
    const other = makeSandbox();
    const script = await other.load(source("return 1"), new Witness());
    await other[Symbol.asyncDispose]();
    await expect(outcomes(script, [1])).rejects.toThrow("shutting down");
    await expect(other.load(source("return 1"), new Witness())).rejects.toThrow("shutting down");
    expect(other.runnerPid).toBeUndefined();
  });
});
