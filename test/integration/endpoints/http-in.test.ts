import { createHmac } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { testNode } from "@millrace/sdk/testing";
import { afterAll, describe, expect, it } from "vitest";
import { httpIn } from "../../../nodes/network/http-in.ts";
import type { RequestPayload } from "../../../nodes/network/incoming/endpoint.ts";
import { httpFlow } from "../../support/http-flow.ts";

const echo = (payload: RequestPayload) => ({ status: 200, body: payload });
const post = (body: unknown, headers: Record<string, string> = { "content-type": "application/json" }) => ({
  method: "POST",
  headers,
  body,
});
const posted = { method: "POST", path: "/" };

describe("a request becomes a message", () => {
  it("with all its parts", async () => {
    await using flow = await httpFlow({ method: "POST", path: "/shops/:shop/*" }, echo);
    const answer = await flow.ask("/shops/a%2Fb/c/d?x=1&y=2&y=3", {
      ...post({ item: "tea" }),
      headers: { "content-type": "application/json", cookie: "session=1%202; b=3", "x-own": "4" },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      method: "POST",
      path: "/shops/a%2Fb/c/d",
      params: { shop: "a/b", "*": "c/d" },
      query: { x: "1", y: ["2", "3"] },
      headers: expect.objectContaining({ "x-own": "4" }),
      cookies: { session: "1 2", b: "3" },
      body: { item: "tea" },
    });
  });

  it.each<[string, string, string | Uint8Array, unknown]>([
    ["JSON", "application/json; charset=utf-8", '{"a":[1]}', { a: [1] }],
    ["JSON of its own kind", "application/problem+json", "1", 1],
    [
      "a form",
      "application/x-www-form-urlencoded",
      "a=1&b=2&b=3&c=%26+d&__proto__=x",
      { a: "1", b: ["2", "3"], c: "& d" },
    ],
    ["text", "text/plain", "é", "é"],
    ["text in another charset", "text/plain; charset=iso-8859-1", Buffer.from([0xe9]), "é"],
    ["XML", "application/xml", "<a/>", "<a/>"],
  ])("whose body is %s", async (_name, type, sent, body) => {
    await using flow = await httpFlow(posted, ({ body: got }) => ({ body: { got } }));
    const answer = await flow.ask("/", post(sent, { "content-type": type }));
    expect(answer.json).toEqual({ got: body });
  });

  it("whose body is bytes for any other type, or when it is to be", async () => {
    await using flow = await httpFlow({ ...posted, parse: "bytes" }, ({ body }) => body);
    const answer = await flow.ask("/", post('{"a":1}'));
    expect([answer.text, answer.headers["content-type"]]).toEqual(['{"a":1}', "application/octet-stream"]);
  });

  it("whose body was packed", async () => {
    await using flow = await httpFlow(posted, ({ body }) => ({ body }));
    for (const [encoding, pack] of [
      ["gzip", gzipSync],
      ["br", brotliCompressSync],
    ] as const) {
      const headers = { "content-type": "application/json", "content-encoding": encoding };
      expect((await flow.ask("/", post(pack('{"a":1}'), headers))).json).toEqual({ a: 1 });
    }
  });

  it("without a body has null", async () => {
    await using flow = await httpFlow({ path: "/" }, ({ body }) => ({ body: { body } }));
    expect((await flow.ask("/")).json).toEqual({ body: null });
  });

  it("when the button is pressed", async () => {
    await using node = await testNode(httpIn, { config: { path: "/a/:b", method: "ANY" } });
    await node.fire({ params: { b: "1" } });
    await node.fire("hello");
    expect(node.payloads("request")).toEqual([
      { method: "GET", path: "/a/:b", params: { b: "1" }, query: {}, headers: {}, cookies: {}, body: null },
      { method: "GET", path: "/a/:b", params: {}, query: {}, headers: {}, cookies: {}, body: "hello" },
    ]);
  });
});

describe("a caller gets", () => {
  it("what the response node says", async () => {
    await using flow = await httpFlow({ path: "/" }, () => ({
      status: 201,
      headers: { "X-Own": "1" },
      cookies: { a: "b" },
      body: "<p>",
    }));
    const answer = await flow.ask("/");
    expect([answer.status, answer.text, answer.headers["x-own"], answer.headers["set-cookie"]]).toEqual([
      201,
      "<p>",
      "1",
      ["a=b; Path=/"],
    ]);
  });

  it("202 once the topics have the message, where that is enough", async () => {
    await using flow = await httpFlow({ ...posted, respond: "accepted" });
    const answer = await flow.ask("/", post({ a: 1 }));
    expect([answer.status, answer.json]).toEqual([202, { accepted: true }]);
    expect(flow.incoming.payloads("request")).toMatchObject([{ body: { a: 1 } }]);
  });

  it("503 at once while a hundred requests wait for room in a topic", async () => {
    const room = Promise.withResolvers<void>();
    let came = 0;
    await using flow = await httpFlow({ path: "/" }, async () => {
      came++;
      await room.promise;
      return { status: 200 };
    });
    const waiting = Array.from({ length: 100 }, () => flow.ask("/"));
    await expect.poll(() => came).toBe(100);
    const refused = await flow.ask("/");
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
    expect(came).toBe(100);

    room.resolve();
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await flow.ask("/")).status).toBe(200);
  });

  it("503 when the topics refuse the message", async () => {
    await using flow = await httpFlow({ path: "/", respond: "accepted" }, () => {
      throw new Error("the topic is full");
    });
    const answer = await flow.ask("/");
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
    expect(answer.text).not.toContain("topic");
    expect(flow.incoming.logs).toMatchObject([{ text: "A request was not taken: the topic is full" }]);
  });

  it("504 when no response comes in time; a late one is a warning", async () => {
    await using flow = await httpFlow({ path: "/", timeout: "2s" });
    const answer = flow.ask("/");
    await expect.poll(() => flow.incoming.emitted.length).toBe(1);
    flow.clock.turn(2000);
    expect((await answer).status).toBe(504);
    const [output] = flow.incoming.emitted;
    await flow.outgoing.send("response", { payload: "late", attributes: output?.attributes ?? {} });
    await flow.outgoing.send("response", { payload: "lost" });
    expect(flow.outgoing.logs.map(({ level, text }) => [level, text])).toEqual([
      ["warn", "A response came too late: nobody waits for it any more."],
      ["warn", "A response belongs to no request: its message did not come from an http-in node."],
    ]);
  });
});

describe("a request is refused", () => {
  it("with 400 and all errors when it does not fit the schemas", async () => {
    const schema = {
      params: { properties: { id: { type: "integer" } } },
      query: { required: ["limit"], properties: { limit: { type: "integer", maximum: 10 } } },
      body: { type: "object", required: ["name"], properties: { age: { type: "integer" } } },
    };
    await using flow = await httpFlow({ method: "POST", path: "/:id", schema }, echo);
    const answer = await flow.ask("/x?limit=11", post({ age: "old" }));
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: {
        code: "http/invalid-request",
        message: expect.stringContaining("query/limit must be <= 10"),
        errors: [
          { in: "params", path: "/id", message: "must be integer" },
          { in: "query", path: "/limit", message: "must be <= 10" },
          { in: "body", path: "", message: "must have required property 'name'" },
          { in: "body", path: "/age", message: "must be integer" },
        ],
      },
    });
    expect(flow.incoming.emitted).toEqual([]);
  });

  it("but text of the URL becomes what the schema says", async () => {
    const schema = {
      query: { properties: { limit: { type: "integer" }, tags: { type: "array" }, page: { default: 1 } } },
    };
    await using flow = await httpFlow({ path: "/", schema }, ({ query }) => ({ body: query }));
    expect((await flow.ask("/?limit=3&tags=a")).json).toEqual({ limit: 3, tags: ["a"], page: 1 });
  });

  it.each<[string, string | Uint8Array, Record<string, string>, number, string]>([
    ["broken JSON", "{", {}, 400, "http/malformed-json"],
    ["a key that reaches for prototypes", '{"a":{"__proto__":1}}', {}, 400, "http/refused-key"],
    ["that key in disguise", '{"\\u005f_proto__":1}', {}, 400, "http/refused-key"],
    ["an unknown encoding", "x", { "content-encoding": "zip" }, 415, "http/unknown-encoding"],
    ["a broken encoding", "x", { "content-encoding": "gzip" }, 400, "http/bad-encoding"],
    [
      "an unknown charset",
      "x",
      { "content-type": "text/plain; charset=klingon" },
      415,
      "http/unknown-charset",
    ],
    [
      "a form where none are taken",
      "x",
      { "content-type": "multipart/form-data; boundary=y" },
      415,
      "http/no-uploads",
    ],
    ["a large body", "x".repeat(101), {}, 413, "http/body-too-large"],
    [
      "a body that unpacks to a large one",
      gzipSync("x".repeat(10_000)),
      { "content-encoding": "gzip" },
      413,
      "http/body-too-large",
    ],
  ])("for %s", async (_name, body, headers, status, code) => {
    await using flow = await httpFlow({ ...posted, bodyLimit: 100 }, echo);
    const answer = await flow.ask("/", post(body, { "content-type": "application/json", ...headers }));
    expect([answer.status, answer.json]).toMatchObject([status, { error: { code } }]);
    expect(flow.incoming.emitted).toEqual([]);
  });

  it("with 413 while it still sends, and the connection ends", async () => {
    await using flow = await httpFlow({ ...posted, bodyLimit: 100 }, echo);
    const socket = connect(Number(new URL(flow.url).port), "127.0.0.1");
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n200\r\n${"x".repeat(512)}`);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.once("close", resolve));
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
  });
});

describe("only those are let in", () => {
  const let_in = async (auth: object, headers: Record<string, string>, body = "") => {
    await using flow = await httpFlow({ ...posted, auth, parse: "text" }, echo);
    const answer = await flow.ask("/", post(body, headers));
    const { headers: seen } = (answer.json ?? {}) as { headers?: Record<string, string> };
    return [answer.status, answer.headers["www-authenticate"], seen?.authorization];
  };

  it("who know user and password; the message does not", async () => {
    const auth = { type: "basic", user: "ann", password: "s:cret" };
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    const challenge = 'Basic realm="endpoint", charset="UTF-8"';
    expect(await let_in(auth, basic("ann:s:cret"))).toEqual([200, undefined, undefined]);
    expect(await let_in(auth, basic("ann:wrong"))).toEqual([401, challenge, undefined]);
    expect(await let_in(auth, {})).toEqual([401, challenge, undefined]);
  });

  it("who have the token", async () => {
    const auth = { type: "bearer", token: "t0ken" };
    expect(await let_in(auth, { authorization: "Bearer t0ken" })).toEqual([200, undefined, undefined]);
    expect(await let_in(auth, { authorization: "Bearer t0kens" })).toEqual([401, "Bearer", undefined]);
  });

  it("who sign the body", async () => {
    const auth = { type: "hmac", secret: "key", header: "X-Hub-Signature-256", prefix: "sha256=" };
    const sign = (body: string) => createHmac("sha256", "key").update(body).digest("hex");
    const signed = (body: string) => ({ "x-hub-signature-256": `sha256=${sign(body)}` });
    expect((await let_in(auth, signed("hello"), "hello"))[0]).toBe(200);
    expect((await let_in(auth, signed(""), ""))[0]).toBe(200);
    expect((await let_in(auth, signed("hello"), "hullo"))[0]).toBe(401);
    expect((await let_in(auth, { "x-hub-signature-256": sign("hello") }, "hello"))[0]).toBe(401);
    expect((await let_in(auth, {}, "hello"))[0]).toBe(401);
  });
});

describe("pages of other sites", () => {
  const origin = "https://app.example";
  const ask = { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" } };

  it("are told that they may call, before and with the answer", async () => {
    const cors = { origins: [origin], credentials: true };
    await using flow = await httpFlow({ method: "PUT", path: "/", cors }, () => "hi");
    const preflight = await flow.ask("/", ask);
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "content-type, authorization",
      "access-control-max-age": "600",
      vary: "Origin",
    });
    const answer = await flow.ask("/", { method: "PUT", headers: { origin } });
    expect([answer.text, answer.headers["access-control-allow-origin"]]).toEqual(["hi", origin]);
  });

  it("see refusals, too", async () => {
    await using flow = await httpFlow({
      method: "PUT",
      path: "/",
      cors: {},
      auth: { type: "bearer", token: "t" },
    });
    const answer = await flow.ask("/", { method: "PUT", headers: { origin } });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([401, "*"]);
  });

  it("may not call where they are not named, nor where nothing is said of them", async () => {
    await using named = await httpFlow({
      method: "PUT",
      path: "/",
      cors: { origins: ["https://b.example"] },
    });
    expect((await named.ask("/", ask)).headers["access-control-allow-origin"]).toBeUndefined();
    await using silent = await httpFlow({ method: "PUT", path: "/" });
    expect((await silent.ask("/", ask)).headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("uploads", () => {
  const folder = join(tmpdir(), "millrace-uploads", encodeURIComponent("test/node"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const config = { ...posted, uploads: true, uploadLimit: 1000 };
  const form = (...parts: string[]) =>
    post(`${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`, {
      "content-type": "multipart/form-data; boundary=b",
    });
  const field = (name: string, value: string) =>
    `content-disposition: form-data; name="${name}"\r\n\r\n${value}`;
  const file = (name: string, text: string) =>
    `content-disposition: form-data; name="doc"; filename="${name}"\r\ncontent-type: text/plain\r\n\r\n${text}`;
  const kept = async () => (await readdir(folder).catch(() => [])).length;

  it("are streamed to files whose place the message tells", async () => {
    await using flow = await httpFlow(config, echo);
    const answer = await flow.ask("/", form(field("a", "1"), file("../../é.txt", "hello"), field("a", "2")));
    const { body, files } = answer.json as RequestPayload;
    expect(body).toEqual({ a: ["1", "2"] });
    expect(files).toEqual([
      { field: "doc", name: "é.txt", type: "text/plain", size: 5, path: expect.any(String) },
    ]);
    const path = files?.[0]?.path ?? "";
    expect([dirname(dirname(path)), await readFile(path, "utf8")]).toEqual([folder, "hello"]);
    await rm(dirname(path), { recursive: true });
  });

  it("leave nothing behind when they are too large, broken or broken off", async () => {
    await using flow = await httpFlow(config, echo);
    const before = await kept();
    expect((await flow.ask("/", form(file("a", "x".repeat(1000))))).status).toBe(413);
    const broken = { ...form(), body: "--b\r\nnonsense" };
    expect((await flow.ask("/", broken)).status).toBe(400);
    const socket = connect(Number(new URL(flow.url).port), "127.0.0.1");
    const head =
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\ncontent-type: multipart/form-data; boundary=b";
    socket.end(`${head}\r\n\r\n--b\r\n${file("a", "x")}`);
    await new Promise((resolve) => socket.resume().once("close", resolve));
    await expect.poll(kept).toBe(before);
    expect(flow.incoming.emitted).toEqual([]);
  });

  it("too large without a length are cut off in the middle", async () => {
    await using flow = await httpFlow(config, echo);
    const before = await kept();
    const socket = connect(Number(new URL(flow.url).port), "127.0.0.1");
    const head =
      "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-type: multipart/form-data; boundary=b";
    const part = `--b\r\n${file("a", "x".repeat(2000))}`;
    socket.write(`${head}\r\n\r\n${part.length.toString(16)}\r\n${part}\r\n`);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.once("close", resolve));
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    await expect.poll(kept).toBe(before);
  });

  it("are removed after a while", async () => {
    await using flow = await httpFlow({ ...config, keepUploads: "1h" }, echo);
    const answer = await flow.ask("/", form(file("a", "x")));
    const path = (answer.json as RequestPayload).files?.[0]?.path ?? "";
    await readFile(path);
    await flow.incoming.clock.advance(3_600_000 + 600_000);
    await expect.poll(() => readFile(path).catch((error) => error.code)).toBe("ENOENT");
  });
});
