// Scripts that try to get out, to reach each other, or to poison what they send, get nowhere.
import { afterAll, describe, expect, it } from "vitest";
import { makeSandbox, outcomes, resultOf, results, source, Witness } from "./support.ts";

const sandbox = makeSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());
const flow = sandbox.forFlow("main");

describe("a script", () => {
  it("finds nothing of Node in its world", async () => {
    const names = [
      "process",
      "require",
      "module",
      "Buffer",
      "fetch",
      "global",
      "__dirname",
      "WebAssembly",
      "SharedArrayBuffer",
      "Atomics",
      "eval",
      "XMLHttpRequest",
      "Worker",
    ];
    expect(
      await resultOf(sandbox, `return [${names.map((name) => `typeof ${name}`).join()}].join()`),
    ).toEqual([names.map(() => "undefined").join()]);
  });

  it("has only what the API names in its global object", async () => {
    const code = `
      const standard = new Set(${JSON.stringify(STANDARD)});
      return [Object.getOwnPropertyNames(globalThis).filter((name) => !standard.has(name)).sort()]`;
    expect(await resultOf(sandbox, code)).toEqual([
      [
        "TextDecoder",
        "TextEncoder",
        "URL",
        "URLSearchParams",
        "atob",
        "btoa",
        "clearInterval",
        "clearTimeout",
        "console",
        "crypto",
        "queueMicrotask",
        "setInterval",
        "setTimeout",
        "structuredClone",
      ],
    ]);
  });

  it.each([
    [
      "the constructor of its this",
      "return (function () { return this })().constructor.constructor('return process')()",
    ],
    ["the Function of a literal", "return (() => {}).constructor('return this')()"],
    ["the Function of an async function", "return (async () => {}).constructor('return this')()"],
    ["the Function of a generator", "return (function* () {}).constructor('return this')()"],
    ["the Function of an async generator", "return (async function* () {}).constructor('return this')()"],
    ["Function itself", "return Function('return 1')()"],
    ["Reflect", "return Reflect.construct(Function, ['return 1'])()"],
    [
      "the constructor of what the API gives it",
      "return message.constructor.constructor('return process')()",
    ],
    ["the constructor of emit", "return emit.constructor('return process')()"],
    [
      "the constructor of an error of ours",
      "try { emit('nowhere', 1) } catch (e) { return e.constructor.constructor('return process')() }",
    ],
    [
      "the constructor of an error of the runner",
      "try { new URL('x') } catch (e) { return e.constructor.constructor('return process')() }",
    ],
    ["a timer given text", "setTimeout('globalThis.out = 1', 0)"],
    ["the caller of its function", "return (function f() { return f.caller })()"],
    ["arguments.callee", "return (function () { return arguments.callee.caller })()"],
    ["an import", "return import('node:fs')"],
  ])("cannot make code or reach the runner through %s", async (_what, code) => {
    expect(await resultOf(sandbox, code)).toEqual(expect.any(String)); // the sentence of its failure
  });

  it("sees only its own world in prepareStackTrace, and no function of ours", async () => {
    const code = `
      Error.prepareStackTrace = (_error, sites) => sites.map((site) => [typeof site.getThis(), typeof site.getFunction()]);
      const seen = new Error("x").stack;
      return seen.every(([self, called]) => self === "undefined" && called === "undefined");`;
    expect(await resultOf(sandbox, code)).toEqual([true]);
  });

  it("cannot trap the machinery with proxies and getters", async () => {
    const code = `
      const trap = new Proxy({}, {
        get(target, name, receiver) { return name === "then" ? undefined : receiver },
        ownKeys() { throw new Error("trapped") },
        getPrototypeOf() { return null },
      });
      return trap;`;
    expect(await resultOf(sandbox, code)).toBe("trapped");
    expect(await resultOf(sandbox, "return { get a() { throw new Error('getter') } }")).toBe("getter");
    expect(await resultOf(sandbox, "return { toJSON() { return { sly: 1 } } }")).toMatch(
      /cannot be part of a payload/,
    );
  });

  it("gets frozen config and environment", async () => {
    const script = await flow.load(
      source("try { config.a.b = 2 } catch (e) { return [e.name, config.a.b, Object.isFrozen(env)] }", {
        config: { a: { b: 1 } },
      }),
      new Witness(),
    );
    expect(await results(script, [1])).toEqual([["TypeError", 1, true]]);
  });

  it("that wrecks every built-in it finds hurts only itself", async () => {
    const wreck = `
      for (const target of [Object, Array, String, Promise, JSON, Map, Set, Number, Date, Reflect]) {
        for (const holder of [target, target.prototype]) {
          if (!holder) continue;
          for (const name of Object.getOwnPropertyNames(holder)) {
            if (name === "getOwnPropertyNames") continue;
            try { holder[name] = () => { throw new Error("wrecked") } } catch {}
          }
        }
      }
      return message.payload;`;
    const [wrecker, other] = await Promise.all([
      flow.load(source(wreck), new Witness()),
      flow.load(source("return [message.payload].map((n) => n * 2)"), new Witness()),
    ]);
    const got = await outcomes(wrecker, [1, 2, 3]);
    expect(got).toHaveLength(3);
    expect(await results(other, [1, 2])).toEqual([[2], [4]]);
    await wrecker.close();
  });

  it("that forges its reports fails its own messages", async () => {
    const forge = `
      const join = Array.prototype.join;
      Array.prototype.join = function (...args) { return message.payload === "cut" ? "" : message.payload === "break" ? "}{" : join.apply(this, args) };
      return message.payload;`;
    const script = await flow.load(source(forge), new Witness());
    expect(await results(script, ["fine"])).toEqual([["fine"]]);
    expect(await results(script, ["cut"])).toEqual([
      'Script "main.x.ts" broke the built-in objects it runs with. Leave their prototypes alone.',
    ]);
    expect(await results(script, ["break"])).toEqual([
      'A payload of script "main.x.ts" cannot be sent: it is not well-formed.',
    ]);
  });
});

describe("scripts apart", () => {
  it("of one flow share neither globals nor prototypes", async () => {
    const [first, second] = await Promise.all([
      flow.load(
        source("globalThis.mark = 1; Object.prototype.polluted = 1; Array.prototype.map = null; return 1"),
        new Witness(),
      ),
      flow.load(source("return [typeof mark, typeof {}.polluted, typeof [].map].join()"), new Witness()),
    ]);
    expect(await results(first, [1])).toEqual([[1]]);
    expect(await results(second, [1])).toEqual([["undefined,undefined,function"]]);
  });

  it("of another flow, and the engine, notice no pollution either", async () => {
    const polluter = await flow.load(
      source(
        "({}).__proto__ ; Object.prototype.polluted = 'yes'; message.constructor.prototype.sneaky = 1; return { ok: 1 }",
      ),
      new Witness(),
    );
    expect(await results(polluter, [{ a: 1 }])).toEqual([[{ ok: 1 }]]);
    const other = await sandbox
      .forFlow("another")
      .load(source("return [typeof {}.polluted, typeof {}.sneaky].join()"), new Witness());
    expect(await results(other, [1])).toEqual([["undefined,undefined"]]);
    expect([
      typeof ({} as Record<string, unknown>).polluted,
      typeof ({} as Record<string, unknown>).sneaky,
    ]).toEqual(["undefined", "undefined"]);
  });
});

describe("what leaves a script", () => {
  it.each([
    ["as JSON", `return JSON.parse('{"a":{"__proto__":{"admin":true}}}')`],
    ["as MessagePack", `return { when: new Date(), a: JSON.parse('{"__proto__":{"admin":true}}') }`],
    ["in a Map", `return new Map([["a", JSON.parse('{"__proto__":{"admin":true}}')]])`],
  ])("cannot carry a key named __proto__ %s", async (_what, code) => {
    const script = await flow.load(
      source(`if (message.payload === 2) { ${code} } return message.payload`),
      new Witness(),
    );
    const got = await results(script, [1, 2, 3]);
    expect(got).toEqual([
      [1],
      'A payload of script "main.x.ts" cannot be sent: The key "__proto__" is not allowed.',
      [3],
    ]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it("is refused when a payload is too large, and its neighbours are not", async () => {
    const small = makeSandbox({ maxPayloadBytes: 1000 });
    await using _ = small;
    const script = await small.load(
      source(
        "return message.payload === 1 ? 'x' : message.payload === 2 ? 'ä'.repeat(600) : new Map([[1, 'x'.repeat(2000)]])",
      ),
      new Witness(),
    );
    const got = await results(script, [1, 2, 3, 1]);
    expect([got[0], got[3]]).toEqual([["x"], ["x"]]);
    expect(got[1]).toBe(
      'A payload from script "main.x.ts" has 1202 bytes; at most 1000 are allowed. Send a reference to the data, or split it.',
    );
    expect(got[2]).toMatch(/has 20\d\d bytes; at most 1000 are allowed/);
  });

  it("is at most 1 MiB unless told otherwise", async () => {
    expect(await resultOf(sandbox, "return 'x'.repeat(1024 * 1024)")).toMatch(
      /has 1048578 bytes; at most 1048576 are allowed/,
    );
  });

  it("is at most ten thousand messages for one", async () => {
    expect(await resultOf(sandbox, "for (;;) emit('out', 1)")).toMatch(
      /emitted or asked for more than 10000 things/,
    );
  });

  it("floods no log: what is left out is counted", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source("for (let i = 0; i < 5000; i++) log.info('line ' + i); return 1"),
      witness,
    );
    expect(await outcomes(script, [1], witness)).toEqual([
      { ok: true, emits: [{ port: "out", payload: 1 }] },
    ]);
    await script.close();
    expect(witness.logs.length).toBeLessThan(1500);
    expect(witness.logs.at(-1)).toMatch(/^warn 4\d\d\d log lines of script "main\.x\.ts" were left out\.$/);
  });

  it("is cut when a line of the log is endless", async () => {
    const witness = new Witness();
    const script = await flow.load(source("log.info('x'.repeat(1e6))"), witness);
    await outcomes(script, [1], witness);
    expect(witness.logs[0]?.length).toBeLessThan(9000);
  });
});

/** What a bare V8 context has, without what is taken from scripts. */
const STANDARD =
  "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect FinalizationRegistry WeakRef decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN SuppressedError DisposableStack AsyncDisposableStack Float16Array".split(
    " ",
  );
