import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { HttpAnswer, HttpCall } from "@millrace/sdk";
import { describe, expect, it } from "vitest";
import type { AnswerRelay } from "../../../engine/endpoints/relay.ts";
import { testEndpoints } from "../../support/endpoints.ts";

/** A route whose calls the test answers. */
function waiting() {
  const calls: HttpCall[] = [];
  const arrivals: (() => void)[] = [];
  return {
    calls,
    handle: (call: HttpCall) => {
      calls.push(call);
      arrivals.shift()?.();
      return "wait" as const;
    },
    arrival: () => new Promise<void>((resolve) => arrivals.push(resolve)),
  };
}

describe("a call", () => {
  it("shows its route all of the request", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({
      method: "GET",
      path: "/users/:id",
      handle: (call) => ({
        body: {
          method: call.method,
          url: call.url,
          path: call.path,
          params: call.params,
          query: call.query,
          agent: call.headers["user-agent"],
          remoteAddress: call.remoteAddress,
        },
      }),
    });
    const answer = await test.ask("/users/a%20b?x=1&y=2&y=3&__proto__=z", {
      headers: { "user-agent": "test" },
    });
    expect(answer.json).toEqual({
      method: "GET",
      url: "/users/a%20b?x=1&y=2&y=3&__proto__=z",
      path: "/users/a%20b",
      params: { id: "a b" },
      query: { x: "1", y: ["2", "3"] },
      agent: "test",
      remoteAddress: "127.0.0.1",
    });
  });

  it.each<[string, HttpAnswer, number, string | undefined, string]>([
    ["nothing", {}, 200, undefined, ""],
    ["text", { body: "é" }, 200, "text/plain; charset=utf-8", "é"],
    ["bytes", { body: Buffer.from("hi") }, 200, "application/octet-stream", "hi"],
    ["an object", { status: 201, body: { a: 1 } }, 201, "application/json; charset=utf-8", '{"a":1}'],
    ["null", { body: null }, 200, "application/json; charset=utf-8", "null"],
    ["its own type", { headers: { "Content-Type": "text/html" }, body: "<p>" }, 200, "text/html", "<p>"],
    ["no content", { status: 204, body: "ignored" }, 204, undefined, ""],
  ])("is answered with %s", async (_name, given, status, type, text) => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/", handle: () => given });
    const answer = await test.ask("/");
    expect([answer.status, answer.headers["content-type"], answer.text]).toEqual([status, type, text]);
  });

  it("may set several cookies, and not the length", async () => {
    await using test = await testEndpoints();
    const headers = { "set-cookie": ["a=1", "b=2"], "content-length": "99", "transfer-encoding": "chunked" };
    test.endpoints.route({ method: "GET", path: "/", handle: async () => ({ headers, body: "hi" }) });
    const answer = await test.ask("/");
    expect([answer.headers["set-cookie"], answer.headers["content-length"]]).toEqual([["a=1", "b=2"], "2"]);
  });

  it("waits until someone responds, once", async () => {
    await using test = await testEndpoints();
    const route = waiting();
    test.endpoints.route({ method: "POST", path: "/", ...route });
    const answer = test.ask("/", { method: "POST", body: "x" });
    await expect.poll(() => route.calls.length).toBe(1);
    const id = route.calls[0]?.id ?? "";
    expect(await test.endpoints.respond(id, { body: "first" })).toBe(true);
    expect(await test.endpoints.respond(id, { body: "second" })).toBe(false);
    expect((await answer).text).toBe("first");
    expect(test.endpoints.openCalls).toBe(0);
  });

  it("may be responded to before its handler has returned", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({
      method: "GET",
      path: "/",
      async handle(call) {
        await test.endpoints.respond(call.id, { body: "early" });
        return "wait" as const;
      },
    });
    expect((await test.ask("/")).text).toBe("early");
  });

  it("that nobody answers ends with 504", async () => {
    await using test = await testEndpoints();
    const route = waiting();
    test.endpoints.route({ method: "GET", path: "/", timeoutMs: 2500, ...route });
    const answer = test.ask("/");
    await expect.poll(() => route.calls.length).toBe(1);
    const signal = route.calls[0]?.signal;
    test.clock.turn(2500);
    expect((await answer).status).toBe(504);
    expect((await answer).json).toMatchObject({ error: { code: "endpoints/no-answer" } });
    expect(signal?.aborted).toBe(true);
    expect(await test.endpoints.respond(route.calls[0]?.id ?? "", {})).toBe(false);
  });

  it("is aborted when its caller goes away", async () => {
    await using test = await testEndpoints();
    const route = waiting();
    test.endpoints.route({ method: "GET", path: "/", ...route });
    const socket = connect(test.endpoints.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await expect.poll(() => route.calls.length).toBe(1);
    socket.destroy();
    await expect.poll(() => test.endpoints.openCalls).toBe(0);
    expect(route.calls[0]?.signal.aborted).toBe(true);
  });

  it.each<[string, () => HttpAnswer | Promise<HttpAnswer>]>([
    [
      "throws",
      () => {
        throw new Error("a detail");
      },
    ],
    ["rejects", () => Promise.reject(new Error("a detail"))],
  ])("whose handler %s is 500, logged, without the detail", async (_name, handle) => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/", handle });
    const answer = await test.ask("/");
    expect([answer.status, answer.text.includes("detail")]).toEqual([500, false]);
    expect(test.lines.map(({ text }) => text)).toEqual(["a detail"]);
  });

  it.each<[string, HttpAnswer]>([
    ["an impossible status", { status: 99 }],
    ["a status that is no number", { status: "ok" as never }],
    ["a header that splits the response", { headers: { a: "b\r\nset-cookie: c=d" } }],
    ["a body that is no JSON", { body: { big: 1n } }],
  ])("answered with %s is 500 and logged", async (_name, given) => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/", handle: () => given });
    const answer = await test.ask("/");
    expect([answer.status, answer.headers["set-cookie"]]).toEqual([500, undefined]);
    expect(test.lines[0]?.text).toContain("The flow's answer cannot be sent");
  });
});

it("beyond so many waiting calls, others are told to come again", async () => {
  await using test = await testEndpoints({ mostOpenCalls: 2, drainMs: 0 });
  const route = waiting();
  test.endpoints.route({ method: "GET", path: "/", ...route });
  const kept = [test.ask("/"), test.ask("/")].map((answer) => answer.catch(() => "cut off"));
  await expect.poll(() => route.calls.length).toBe(2);
  const answer = await test.ask("/");
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
  for (const { id } of route.calls) await test.endpoints.respond(id, {});
  await Promise.all(kept);
  expect(test.endpoints.openCalls).toBe(0);
});

describe("a request without a route", () => {
  it("is 404", async () => {
    await using test = await testEndpoints();
    const answer = await test.ask("/nothing?secret=1");
    expect([answer.status, answer.json]).toEqual([
      404,
      {
        error: {
          code: "endpoints/not-found",
          message: 'No flow offers "GET /nothing". Look at the paths of its http-in nodes.',
        },
      },
    ]);
  });

  it("is 405 with Allow when the path is there for others", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "POST", path: "/a", handle: () => ({}) });
    const answer = await test.ask("/a");
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
    const options = await test.ask("/a", { method: "OPTIONS" });
    expect([options.status, options.headers.allow]).toEqual([204, "POST"]);
  });

  it("is 400 when its path cannot be decoded", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/:name", handle: () => ({}) });
    expect((await test.ask("/%zz")).status).toBe(400);
  });

  it("HEAD is answered by GET, without the body", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/a", handle: () => ({ body: "hello" }) });
    const answer = await test.ask("/a", { method: "HEAD" });
    expect([answer.status, answer.headers["content-length"], answer.text]).toEqual([200, "5", ""]);
  });
});

describe("a route that is redeployed", () => {
  it("drops no call in flight", async () => {
    await using test = await testEndpoints();
    const route = waiting();
    const first = test.endpoints.route({ method: "GET", path: "/", ...route });
    const answer = test.ask("/");
    await expect.poll(() => route.calls.length).toBe(1);
    first[Symbol.dispose]();
    test.endpoints.route({ method: "GET", path: "/", handle: () => ({ body: "new" }) });
    await test.endpoints.respond(route.calls[0]?.id ?? "", { body: "old" });
    expect((await answer).text).toBe("old");
    expect((await test.ask("/")).text).toBe("new");
  });

  it("serves what came in while it was away", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/", handle: () => ({ body: "old" }) })[Symbol.dispose]();
    const answer = test.ask("/");
    await setImmediate();
    test.endpoints.route({ method: "GET", path: "/", handle: () => ({ body: "new" }) });
    expect((await answer).text).toBe("new");
  });

  it("is 404 in the end when it does not come back", async () => {
    await using test = await testEndpoints();
    test.endpoints.route({ method: "GET", path: "/", handle: () => ({}) })[Symbol.dispose]();
    let status = 0;
    const answer = test.ask("/").then((got) => {
      status = got.status;
    });
    test.endpoints.route({ method: "GET", path: "/other", handle: () => ({}) });
    expect((await test.ask("/other")).status).toBe(200);
    expect(status).toBe(0);
    test.clock.turn(5000);
    await answer;
    expect(status).toBe(404);
  });
});

describe("answers between engines", () => {
  /** Two engines that hear each other, without a network. */
  function relays(): [AnswerRelay, AnswerRelay] {
    const listeners = new Map<string, (callId: string, answer: HttpAnswer) => boolean>();
    const relayOf = (own: string): AnswerRelay => ({
      send: async (engineId, callId, answer) => listeners.get(engineId)?.(callId, answer) ?? false,
      onAnswer(listener) {
        listeners.set(own, listener);
        return { [Symbol.dispose]: () => void listeners.delete(own) };
      },
    });
    return [relayOf("one"), relayOf("two")];
  }

  it("reach the engine that holds the call", async () => {
    const [first, second] = relays();
    await using one = await testEndpoints({ engineId: "one", relay: first });
    await using two = await testEndpoints({ engineId: "two", relay: second });
    const route = waiting();
    one.endpoints.route({ method: "GET", path: "/", ...route });
    const answer = one.ask("/");
    await expect.poll(() => route.calls.length).toBe(1);
    const id = route.calls[0]?.id ?? "";
    expect(id).toMatch(/^one~/);
    expect(await two.endpoints.respond(id, { body: "from two" })).toBe(true);
    expect(await two.endpoints.respond(id, { body: "again" })).toBe(false);
    expect((await answer).text).toBe("from two");
  });

  it("do not go to engines that are not there", async () => {
    const [first] = relays();
    await using one = await testEndpoints({ engineId: "one", relay: first });
    for (const id of ["gone~1", "one~nonsense", "nonsense", "~", ""]) {
      expect(await one.endpoints.respond(id, {})).toBe(false);
    }
  });
});

describe("closing", () => {
  it("waits for calls in flight and takes no new ones", async () => {
    const test = await testEndpoints();
    const route = waiting();
    test.endpoints.route({ method: "GET", path: "/", ...route });
    const answer = test.ask("/");
    await expect.poll(() => route.calls.length).toBe(1);
    const closed = test.endpoints[Symbol.asyncDispose]();
    await expect(test.ask("/")).rejects.toThrow();
    await test.endpoints.respond(route.calls[0]?.id ?? "", { body: "last" });
    expect((await answer).text).toBe("last");
    await closed;
  });

  it("cuts off what nobody answers", async () => {
    const test = await testEndpoints({ drainMs: 1000 });
    const route = waiting();
    test.endpoints.route({ method: "GET", path: "/", ...route });
    const answer = test.ask("/");
    await expect.poll(() => route.calls.length).toBe(1);
    const closed = test.endpoints[Symbol.asyncDispose]();
    test.clock.turn(1000);
    await expect(answer).rejects.toThrow();
    await closed;
    expect(route.calls[0]?.signal.aborted).toBe(true);
  });
});

it("a port that is taken is named in the error", async () => {
  await using test = await testEndpoints();
  const { port } = test.endpoints;
  await expect(testEndpoints({ port })).rejects.toMatchObject({
    code: "endpoints/port-in-use",
    message: `Port ${port} is already in use. Stop the other program or give --http-port another number.`,
  });
});
