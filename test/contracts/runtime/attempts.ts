// A message that fails is tried again, at last given up, and holds up nobody meanwhile.
import { expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { eventually } from "../../support/eventually.ts";
import { collector, driver, flowRunner, worker } from "../../support/flow-runner.ts";
import { line, lineFlow, STREAM } from "./line.ts";

export function attemptContract(open: () => Promise<Backend>): void {
  test("tries a stream message again, publishing nothing of failed attempts", async () => {
    const attempts: number[] = [];
    const work = worker("work", async (message, context) => {
      attempts.push(message.attempt);
      await context.emit("out", { attempt: message.attempt });
      if (message.attempt < 3) throw new Error("not yet");
    });
    await using flow = await line(open, work, lineFlow({ retry: { attempts: 5, backoff: "1ms..5ms" } }));
    await flow.source.emit(1);
    await flow.sink.got(1);
    await flow.settled("input", "output");
    expect([attempts, flow.sink.payloads()]).toEqual([[1, 2, 3], [{ attempt: 3 }]]);
  });

  test("gives a message up to the dead-letter topic with error, node and attempts, and goes on", async () => {
    await using backend = await open();
    const source = driver();
    const [sink, dead] = [collector("sink"), collector("dead")];
    const picky = worker("picky", (message, context) => {
      if (message.payload === "bad") throw new Error("I do not like it");
      return context.emit("out", message.payload);
    });
    const definitions = [source.definition, sink.definition, dead.definition, picky];
    await using flow = flowRunner({ backend, definitions });
    await flow.deploy({
      topics: {
        input: { ...STREAM, retry: { attempts: 2, backoff: "1ms" } },
        "input.dead": STREAM,
        middle: {},
        output: STREAM,
      },
      nodes: {
        source: { type: "driver", outputs: { out: ["input"] } },
        pass: { type: "picky", inputs: { in: ["input"] }, outputs: { out: ["middle"] } },
        last: { type: "picky", inputs: { in: ["middle"] }, outputs: { out: ["output"] } },
        sink: { type: "sink", inputs: { in: ["output"] } },
        dead: { type: "dead", inputs: { in: ["input.dead"] } },
      },
    });
    await source.emit("bad");
    await source.emit("good");
    await Promise.all([sink.got(1), dead.got(1)]);
    const [letter] = dead.messages;
    expect(sink.payloads()).toEqual(["good"]);
    expect(letter).toMatchObject({
      payload: "bad",
      attributes: { error: "I do not like it", node: "pass", attempts: "2", topic: "input" },
    });
  });

  test("counts attempts over restarts, and a message that waits for its next one outlives the engine", async () => {
    await using backend = await open();
    const source = driver();
    const dead = collector("dead");
    const attempts: string[] = [];
    const failing = (boot: string) =>
      worker("fail", (message) => {
        attempts.push(`${boot} ${message.attempt} ${message.id}`);
        throw new Error("no");
      });
    const document = {
      topics: { input: { ...STREAM, retry: { attempts: 4, backoff: "60ms" } }, "input.dead": STREAM },
      nodes: {
        source: { type: "driver", outputs: { out: ["input"] } },
        fail: { type: "fail", inputs: { in: ["input"] } },
        dead: { type: "dead", inputs: { in: ["input.dead"] } },
      },
    };
    for (const boot of ["one", "two", "three", "four"]) {
      await using engine = flowRunner({
        backend,
        definitions: [source.definition, dead.definition, failing(boot)],
        engineId: boot === "two" ? "other" : "engine",
        bootId: boot,
      });
      await engine.deploy(document);
      const before = attempts.length;
      if (boot === "one") await source.emit("x");
      await eventually(() => attempts.length > before);
    }
    await using last = flowRunner({
      backend,
      definitions: [source.definition, dead.definition, failing("last")],
      bootId: "last",
    });
    await last.deploy(document);
    await dead.got(1);
    const id = attempts[0]?.split(" ")[2];
    expect(attempts).toEqual(["one 1", "two 2", "three 3", "four 4"].map((each) => `${each} ${id}`));
    expect(dead.messages[0]?.attributes).toMatchObject({ attempts: "4", error: "no" });
  });

  test("handles others while messages wait for their next attempt: they hold no tickets", async () => {
    const work = worker("work", (message, context) => {
      if (message.payload === "bad") throw new Error("not yet");
      return context.emit("out", message.payload);
    });
    await using flow = await line(open, work, lineFlow({ retry: { attempts: 2, backoff: "1h" } }));
    await Promise.all(Array.from({ length: 150 }, () => flow.source.emit("bad")));
    await flow.source.emit("good");
    await flow.sink.got(1);
    const { groups } = await flow.stream("input").info();
    expect(groups.map(({ lag, pending }) => lag + pending)).toEqual([150]);
  });
}
