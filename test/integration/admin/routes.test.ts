import { describe, expect, it } from "vitest";
import { testAdmin } from "../../support/admin.ts";
import { debugType } from "../../support/engine-control.ts";

const flow = { title: "Main", nodes: { show: { type: "debug" } } };

async function deployed() {
  const admin = await testAdmin();
  await admin.ask("PUT", "/api/flows/main", { flow, note: "first" });
  return admin;
}

describe("flows", () => {
  it("are listed", async () => {
    await using admin = await deployed();
    const answer = await admin.ask("GET", "/api/flows");
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual([
      { name: "main", title: "Main", revision: 1, state: "running", nodes: 1, problems: 0 },
    ]);
  });

  it("are read with layout and files", async () => {
    await using admin = await testAdmin();
    const layout = { nodes: { show: { x: 1, y: 2 } } };
    await admin.ask("PUT", "/api/flows/main", { flow, layout, files: { "main.a.ts": "1" } });
    const answer = await admin.ask("GET", "/api/flows/main");
    expect(answer.json).toEqual({ name: "main", revision: 1, flow, layout, files: { "main.a.ts": "1" } });
  });

  it("are deployed", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main", { flow, baseRevision: 0 });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ revision: 1, started: ["show"], stopped: [], kept: [], problems: [] });
  });

  it("answer 409 with the newest revision when the base is stale", async () => {
    await using admin = await deployed();
    const answer = await admin.ask("PUT", "/api/flows/main", { flow: {}, baseRevision: 0 });
    expect(answer.status).toBe(409);
    expect(answer.json).toEqual({
      error: { code: "test/stale", message: "The flow was deployed in the meantime." },
      name: "main",
      revision: 1,
      flow,
      layout: {},
      files: {},
    });
  });

  it("answer 422 with the problems when they have errors", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main", { flow: { nodes: { a: { type: "deley" } } } });
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({
      error: { code: "test/invalid", message: "The flow has errors." },
      problems: [
        {
          severity: "error",
          code: "test/type",
          message: 'Node type "deley" is not installed.',
          path: "/nodes/a/type",
          node: "a",
        },
      ],
    });
  });

  it("are validated without a deploy", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("POST", "/api/flows/main/validate", { flow });
    expect([answer.status, answer.json]).toEqual([200, { problems: [] }]);
    expect(admin.engine.flows()).toEqual([]);
  });

  it("are stopped, started and deleted", async () => {
    await using admin = await deployed();
    expect((await admin.ask("POST", "/api/flows/main/stop")).status).toBe(200);
    expect(admin.engine.flows()[0]?.state).toBe("stopped");
    expect((await admin.ask("POST", "/api/flows/main/start")).status).toBe(200);
    expect(admin.engine.flows()[0]?.state).toBe("running");
    expect((await admin.ask("DELETE", "/api/flows/main")).status).toBe(200);
    expect(admin.engine.flows()).toEqual([]);
  });

  it("have revisions, newest first, and roll back to any", async () => {
    await using admin = await deployed();
    await admin.ask("PUT", "/api/flows/main", { flow: { title: "Second" } });
    const rolledBack = await admin.ask("POST", "/api/flows/main/rollback", { revision: 1 });
    expect(rolledBack.json).toMatchObject({ revision: 3 });
    const list = await admin.ask("GET", "/api/flows/main/revisions");
    expect(list.json).toEqual([
      { revision: 3, time: 3000, author: "admin", note: "back to 1" },
      { revision: 2, time: 2000, author: "admin", note: "" },
      { revision: 1, time: 1000, author: "admin", note: "first" },
    ]);
    const second = await admin.ask("GET", "/api/flows/main/revisions/2");
    expect(second.json).toMatchObject({ revision: 2, flow: { title: "Second" } });
  });

  it("that do not exist are 404 with their name and place", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("GET", "/api/flows/nothing");
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({
      error: { code: "test/no-such-flow", message: 'There is no flow "nothing".', flow: "nothing" },
    });
  });

  it.each(["..%2Fescape", ".hidden", "a%5Cb", "a%00b"])("refuse the name %s", async (name) => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", `/api/flows/${name}`, { flow });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: "admin/invalid-request" } });
  });
});

describe("nodes", () => {
  it("show their detail", async () => {
    await using admin = await deployed();
    const answer = await admin.ask("GET", "/api/flows/main/nodes/show");
    expect(answer.json).toMatchObject({ id: "show", type: "debug", state: "running" });
  });

  it("take injected messages", async () => {
    await using admin = await deployed();
    const body = { port: "in", payload: { a: 1 }, attributes: { b: "2" } };
    const answer = await admin.ask("POST", "/api/flows/main/nodes/show/inject", body);
    expect(answer.status).toBe(202);
    expect(admin.engine.calls).toEqual([["inject", "main", "show", body]]);
  });

  it("have a catalogue", async () => {
    await using admin = await testAdmin();
    expect((await admin.ask("GET", "/api/nodes")).json).toEqual([debugType]);
    expect((await admin.ask("GET", "/api/nodes/debug")).json).toEqual(debugType);
  });

  it("of an unknown type are 404 with a suggestion", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("GET", "/api/nodes/debg");
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('Did you mean \\"debug\\"?');
  });
});

describe("topics", () => {
  it("take one message", async () => {
    await using admin = await deployed();
    const answer = await admin.ask("POST", "/api/flows/main/topics/readings/messages", { payload: null });
    expect([answer.status, answer.json]).toEqual([202, { ids: ["m1-0"] }]);
  });

  it("take many messages", async () => {
    await using admin = await deployed();
    const messages = [{ payload: 1 }, { payload: 2, attributes: { a: "b" } }];
    const answer = await admin.ask("POST", "/api/flows/main/topics/readings/messages", { messages });
    expect([answer.status, answer.json]).toEqual([202, { ids: ["m1-0", "m2-0"] }]);
  });

  it.each([{}, { attributes: {} }, { payload: 1, messages: [{ payload: 1 }] }, { messages: [] }])(
    "refuse to publish %j",
    async (body) => {
      await using admin = await deployed();
      const answer = await admin.ask("POST", "/api/flows/main/topics/readings/messages", body);
      expect(answer.status).toBe(400);
    },
  );

  it("that are shared are named with their slash encoded", async () => {
    await using admin = await deployed();
    await admin.ask("POST", "/api/flows/main/topics/%2Falert/messages", { payload: 1 });
    const answer = await admin.ask("GET", "/api/flows/main/topics/%2Falert");
    const counts = { dropped: 0, voided: 0, handled: [] };
    expect(answer.json).toEqual({ delivery: "stream", length: 1, groups: [], rate: 0, ...counts });
  });

  it("show their messages, 100 unless asked otherwise", async () => {
    await using admin = await deployed();
    await admin.ask("POST", "/api/flows/main/topics/t/messages", { payload: { a: 1 } });
    const answer = await admin.ask("GET", "/api/flows/main/topics/t/messages");
    expect(answer.json).toMatchObject({ messages: [{ entry: "1-0", payload: { a: 1 } }], next: null });
    await admin.ask("GET", "/api/flows/main/topics/t/messages?from=0&to=9-0&limit=5");
    expect(admin.engine.calls).toEqual([
      ["messages", "main", "t", { limit: 100 }],
      ["messages", "main", "t", { from: "0", to: "9-0", limit: 5 }],
    ]);
  });

  it.each(["limit=0", "limit=1001", "limit=many", "limit=1.5", "from=1&from=2", "form=0"])(
    "refuse the query %s",
    async (query) => {
      await using admin = await deployed();
      const answer = await admin.ask("GET", `/api/flows/main/topics/t/messages?${query}`);
      expect(answer.status).toBe(400);
    },
  );

  it("show payloads that JSON cannot say", async () => {
    await using admin = await deployed();
    const payload = { big: 10n, bytes: Buffer.from("hi"), map: new Map([["a", 1]]), none: Number.NaN };
    await admin.engine.publish("main", "t", [{ payload }]);
    const answer = await admin.ask("GET", "/api/flows/main/topics/t/messages");
    expect(answer.json).toMatchObject({
      messages: [{ payload: { big: "10", bytes: "aGk=", map: { a: 1 }, none: "NaN" } }],
    });
  });
});

describe("the engine", () => {
  it("says to anyone that it is alive and ready", async () => {
    await using admin = await testAdmin();
    expect((await admin.plain("/healthz")).json).toEqual({ status: "ok" });
    expect((await admin.plain("/readyz")).json).toEqual({ ready: true, text: "ready" });
    admin.engine.isReady = false;
    const answer = await admin.plain("/readyz");
    expect([answer.status, answer.json]).toEqual([503, { ready: false, text: "the backend is down" }]);
  });

  it("shows members and health", async () => {
    await using admin = await testAdmin();
    expect((await admin.ask("GET", "/api/engines")).json).toMatchObject([{ id: "engine-1", self: true }]);
    expect((await admin.ask("GET", "/api/health")).json).toMatchObject({ status: "healthy" });
  });

  it("describes every route in its OpenAPI document", async () => {
    await using admin = await testAdmin();
    const { json } = await admin.ask("GET", "/api/openapi.json");
    const { openapi, paths } = json as { openapi: string; paths: Record<string, Record<string, object>> };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(openapi).toBe("3.1.0");
    expect(routes.sort()).toMatchInlineSnapshot(`
      [
        "DELETE /api/flows/{name}",
        "DELETE /api/flows/{name}/topics/{topic}/dead",
        "GET /api/doctor",
        "GET /api/engines",
        "GET /api/flows",
        "GET /api/flows/{name}",
        "GET /api/flows/{name}/nodes/{id}",
        "GET /api/flows/{name}/revisions",
        "GET /api/flows/{name}/revisions/{revision}",
        "GET /api/flows/{name}/topics/{topic}",
        "GET /api/flows/{name}/topics/{topic}/dead",
        "GET /api/flows/{name}/topics/{topic}/messages",
        "GET /api/health",
        "GET /api/me",
        "GET /api/nodes",
        "GET /api/nodes/{type}",
        "GET /api/openapi.json",
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
        "POST /api/backend/accept",
        "POST /api/flows/{name}/nodes/{id}/inject",
        "POST /api/flows/{name}/rollback",
        "POST /api/flows/{name}/start",
        "POST /api/flows/{name}/stop",
        "POST /api/flows/{name}/topics/{topic}/dead/retry",
        "POST /api/flows/{name}/topics/{topic}/messages",
        "POST /api/flows/{name}/topics/{topic}/replay",
        "POST /api/flows/{name}/validate",
        "POST /api/login",
        "POST /api/logout",
        "PUT /api/flows/{name}",
      ]
    `);
    expect(paths["/api/flows/{name}"]?.put).toMatchObject({
      requestBody: { content: { "application/json": { schema: { required: ["flow"] } } } },
    });
  });
});

describe("messages that were given up, or are replayed", () => {
  it("are asked for as the request says", async () => {
    await using admin = await testAdmin();
    const topic = "/api/flows/main/topics/t";
    const [retry, discard] = [{ ids: ["1-0"], payload: { a: 1 } }, { ids: "all" }];
    const range = { from: "0", to: "9-0", group: "show" };
    const answers = [
      await admin.ask("GET", `${topic}/dead?from=0`),
      await admin.ask("POST", `${topic}/dead/retry`, retry),
      await admin.ask("DELETE", `${topic}/dead`, discard),
      await admin.ask("POST", `${topic}/replay`, range),
    ];
    expect(answers.map(({ json }) => json)).toEqual([
      { messages: [], next: null },
      { count: 1 },
      { count: 2 },
      { count: 3 },
    ]);
    expect(admin.engine.calls).toEqual([
      ["dead", "main", "t", { from: "0", limit: 100 }],
      ["retry", "main", "t", retry],
      ["discard", "main", "t", discard],
      ["replay", "main", "t", range],
    ]);
  });

  it.each([{}, { ids: "some" }, { ids: [] }, { ids: [1] }])("are not touched for %j", async (body) => {
    await using admin = await testAdmin();
    const answer = await admin.ask("POST", "/api/flows/main/topics/t/dead/retry", body);
    expect([answer.status, admin.engine.calls]).toEqual([400, []]);
  });
});

describe("a request that is wrong", () => {
  it("meets 404 in JSON for an unknown route", async () => {
    await using admin = await testAdmin();
    for (const path of [
      "/api/nothing",
      "/metric",
      "/api/flows/main/topics/t/alive",
      "/elsewhere",
      "/api/flows/",
    ]) {
      const answer = await admin.ask("GET", path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.json).toMatchObject({ error: { code: "admin/no-such-route" } });
    }
  });

  it("meets 405 and Allow for a wrong method", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("POST", "/api/flows/main");
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, PUT, DELETE"]);
  });

  it("learns where its JSON is malformed", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main", '{ "flow": {},\n  "note": }');
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: "admin/malformed-json" } });
    expect(answer.text).toContain("line 2, column 11");
  });

  it("learns all that is wrong with its body", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main", { baseRevision: "3", nots: "" });
    expect(answer.json).toEqual({
      error: {
        code: "admin/invalid-request",
        message: '"flow" is missing. "nots" is not known here. "baseRevision" is "3"; it must be an integer.',
      },
    });
  });

  it("learns that its body is missing", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main");
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("The body is missing")]);
  });

  it("meets 413 above 10 MB", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main", "x".repeat(10 * 1024 * 1024 + 1));
    expect(answer.status).toBe(413);
    expect(answer.json).toMatchObject({ error: { code: "admin/body-too-large" } });
  });

  it.each([
    ["a key that reaches for prototypes", '{"flow":{"__proto__":{"a":1}}}'],
    ["endless nesting", `{"flow":${"[".repeat(5000)}${"]".repeat(5000)}}`],
  ])("is refused for %s", async (_name, body) => {
    await using admin = await testAdmin();
    const answer = await admin.ask("PUT", "/api/flows/main", body);
    expect(answer.json).toMatchObject({ error: { code: "admin/refused-json" } });
  });

  it("survives a path that cannot be decoded", async () => {
    await using admin = await testAdmin();
    const answer = await admin.ask("GET", "/api/flows/%E0%A4%A");
    expect([answer.status, answer.json]).toEqual([
      400,
      { error: { code: "admin/bad-path", message: expect.any(String) } },
    ]);
  });

  it("never shows a stack, and logs what failed inside", async () => {
    await using admin = await testAdmin();
    admin.engine.failure = new Error("a secret detail");
    const answer = await admin.ask("GET", "/api/health");
    expect(answer.status).toBe(500);
    expect(answer.json).toEqual({
      error: { code: "admin/internal", message: "The engine failed on this request. Its log says more." },
    });
    expect(admin.lines.map(({ text }) => text)).toContain("a secret detail");
  });
});
