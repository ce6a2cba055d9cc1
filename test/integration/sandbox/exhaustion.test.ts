// Endless loops, floods of memory, native loops, a runner that dies: one message fails with a clear sentence, all
// others come through, and everything is there again.
import { afterAll, describe, expect, it } from "vitest";
import { makeSandbox, outcomes, results, source, Witness } from "./support.ts";

const sandbox = makeSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());
const flow = sandbox.forFlow("main");

const TOO_LONG =
  'Script "main.x.ts" ran longer than 500ms and was stopped. Look for an endless loop, or raise "timeout".';
const TOO_MUCH =
  'Script "main.x.ts" used more than 32 MiB of memory and was stopped. Keep less, or raise "memoryMb".';
const poisoned = (poison: string) =>
  source(`if (message.payload === "poison") { ${poison} } return message.payload`, { timeoutMs: 500 });

describe("a script that does not end", () => {
  it.each([
    ["an endless loop", "for (;;) {}"],
    ["an endless chain of promises", "for (;;) await null"],
    [
      "an endless chain of callbacks",
      "const again = () => queueMicrotask(again); again(); await new Promise(() => {})",
    ],
    ["a promise that never settles", "await new Promise(() => {})"],
    ["endless timers", "for (;;) await new Promise((resolve) => setTimeout(resolve, 1))"],
    ["a catastrophic regular expression", "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
    ["a native loop", "(2n ** (2n ** 26n)).toString()"],
    ["a sort that never agrees", "const n = []; n.length = 2 ** 16; n.fill(0).sort(() => { for (;;); })"],
  ])("because of %s fails its message only", async (_what, poison) => {
    const [script, other] = await Promise.all([
      flow.load(poisoned(poison), new Witness()),
      flow.load(
        source("globalThis.count = (globalThis.count ?? 0) + 1; return message.payload"),
        new Witness(),
      ),
    ]);
    const [got, unharmed] = await Promise.all([
      results(script, ["a", "poison", "b"]),
      results(other, [1, 2]),
    ]);
    expect(got).toEqual([["a"], TOO_LONG, ["b"]]);
    expect(unharmed).toEqual([[1], [2]]);
    expect(await results(script, ["c"])).toEqual([["c"]]);
    await Promise.all([script.close(), other.close()]);
  });

  it("while it starts, does not load", async () => {
    for (const code of [
      "export default () => 1;\nfor (;;);",
      "export default () => 1; export const onStart = () => new Promise(() => {})",
    ]) {
      await expect(flow.load(source(code, { timeoutMs: 300 }), new Witness())).rejects.toThrow(
        "ran longer than 300ms",
      );
    }
  });

  it("while it stops, is closed all the same", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source("export default () => 1; export const onStop = () => { for (;;); }", { timeoutMs: 200 }),
      witness,
    );
    await script.close();
    expect(witness.logs.join()).toContain("onStop failed");
  });

  it("in a timer that belongs to no message, is told in the log and starts anew", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source(
        "export const onStart = ({ log }) => log.info('up'); export default (m) => { if (m.payload === 1) setTimeout(() => { for (;;); }, 1); return m.payload }",
        { timeoutMs: 300 },
      ),
      witness,
    );
    const again = witness.until("up");
    expect(await outcomes(script, [1], witness)).toEqual([
      { ok: true, emits: [{ port: "out", payload: 1 }] },
    ]);
    await again;
    expect(witness.logs).toEqual(["info up", expect.stringContaining("ran longer than 300ms"), "info up"]);
    expect(await results(script, [2])).toEqual([[2]]);
  });
});

describe("a script that takes all memory", () => {
  it.each([
    ["objects", "const all = []; for (;;) all.push({ x: 1 })"],
    ["filled arrays", "const all = []; for (;;) all.push(new Array(1000).fill(all.length))"],
    ["strings", "const all = []; for (;;) all.push('abc'.repeat(1000) + all.length)"],
  ])("with %s fails its message only; the flow's scripts are loaded anew", async (_what, poison) => {
    const code = `if (message.payload === "poison") { ${poison} } return message.payload`;
    const witness = new Witness();
    const [script, other] = await Promise.all([
      flow.load(source(code, { timeoutMs: 20_000 }), new Witness()),
      flow.load(
        source("export const onStart = ({ log }) => log.info('up'); export default (m) => m.payload"),
        witness,
      ),
    ]);
    expect(await results(script, ["a", "poison", "b"])).toEqual([["a"], TOO_MUCH, ["b"]]);
    expect(await results(other, [1])).toEqual([[1]]);
    expect(witness.logs).toEqual(["info up", "info up"]);
    await Promise.all([script.close(), other.close()]);
  });

  it("with buffers is refused the buffer", async () => {
    const script = await flow.load(
      poisoned("const all = []; for (;;) all.push(new Uint8Array(1e6))"),
      new Witness(),
    );
    expect(await results(script, ["poison", "a"])).toEqual(["Array buffer allocation failed", ["a"]]);
  });

  it("does not disturb another flow", async () => {
    const script = await flow.load(
      source("const all = []; for (;;) all.push({ x: 1 })", { timeoutMs: 20_000 }),
      new Witness(),
    );
    const other = await sandbox
      .forFlow("calm")
      .load(source("globalThis.n = (globalThis.n ?? 0) + 1; return globalThis.n"), new Witness());
    const [bomb, calm] = await Promise.all([results(script, [1]), results(other, [1, 1])]);
    expect([bomb, calm]).toEqual([[TOO_MUCH], [[1], [2]]]);
    expect(await results(other, [1])).toEqual([[3]]);
  });
});

describe("a runner that dies", () => {
  it("gives no answer to its successor that it had asked for itself", async () => {
    const witness = new Witness();
    const asked: { key: string; answer: (value: unknown) => void }[] = [];
    witness.state = ({ key }) => new Promise((answer) => asked.push({ key, answer }));
    const script = await flow.load(source("return await state.get('k' + message.payload)"), witness);
    const running = outcomes(script, [1], witness);
    await expect.poll(() => asked.length, { interval: 5 }).toBe(1);
    process.kill(sandbox.runnerPid as number, "SIGKILL");
    await expect.poll(() => asked.length, { interval: 5, timeout: 10_000 }).toBe(2);
    asked[0]?.answer("for the dead");
    asked[1]?.answer("for the living");
    expect(await running).toEqual([{ ok: true, emits: [{ port: "out", payload: "for the living" }] }]);
  });

  it("is started again; what was under way runs again", async () => {
    const witness = new Witness();
    const [script, other] = await Promise.all([
      flow.load(
        source(
          "log.info('begun'); await new Promise((resolve) => setTimeout(resolve, 50)); return message.payload",
        ),
        witness,
      ),
      sandbox.forFlow("another").load(source("return message.payload"), new Witness()),
    ]);
    const begun = witness.until("begun");
    const running = outcomes(script, [1, 2, 3], witness);
    await begun;
    const before = sandbox.runnerPid as number;
    process.kill(before, "SIGKILL");
    expect((await running).map((outcome) => outcome.ok && outcome.emits[0]?.payload)).toEqual([1, 2, 3]);
    expect(await results(other, [4])).toEqual([[4]]);
    expect(sandbox.runnerPid).not.toBe(before);
  });

  it("while nothing is under way, is there again for the next message", async () => {
    const script = await flow.load(source("return message.payload"), new Witness());
    process.kill(sandbox.runnerPid as number, "SIGKILL");
    expect(await results(script, [1])).toEqual([[1]]);
  });

  it("again and again on one message fails that message", async () => {
    const witness = new Witness();
    const script = await flow.load(
      source(
        "if (message.payload === 2) { log.info('fatal'); await new Promise(() => {}) } return message.payload",
      ),
      witness,
    );
    const kill = (async () => {
      for (let times = 0; times < 2; times += 1) {
        await witness.until("fatal");
        process.kill(sandbox.runnerPid as number, "SIGKILL");
      }
    })();
    const got = await outcomes(script, [1, 2, 3], witness);
    await kill;
    expect(got.map((outcome) => (outcome.ok ? outcome.emits[0]?.payload : outcome.error.message))).toEqual([
      1,
      'Script "main.x.ts" ended the process that runs scripts, twice, on this message. Correct the script.',
      3,
    ]);
  });

  it("and does not stay up makes calls fail with its last words, until it does", async () => {
    const broken = makeSandbox({ clock: impatientClock() });
    await using _ = broken;
    const path = process.execPath;
    process.execPath = "/nowhere/node";
    try {
      await expect(broken.load(source("return 1"), new Witness())).rejects.toThrow(
        /does not stay up \(spawn \/nowhere\/node ENOENT\)/,
      );
    } finally {
      process.execPath = path;
    }
    await expect
      .poll(
        async () =>
          (await broken.load(source("return 1"), new Witness()).catch(() => undefined)) !== undefined,
      )
      .toBe(true);
  });
});

/** Real time, but no waiting before a restart. */
function impatientClock() {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    schedule(_ms: number, run: () => void) {
      const timer = setImmediate(run);
      return { cancel: () => clearImmediate(timer) };
    },
  };
}
