import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { type TestNode, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import { httpRequest } from "../../../nodes/network/http-request.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "../../support/certificate.ts";
import { eventually } from "../../support/eventually.ts";
import { type Answering, testServer } from "../../support/http-server.ts";

const requester = (config: object) =>
  testNode(httpRequest, { config: { allowPrivate: true, retries: 0, ...config } });

/** Sends one message to a server that answers so; what leaves the node. */
async function ask(config: object, answer: Answering, payload: unknown = {}) {
  await using server = await testServer(answer);
  await using node = await requester({ url: `${server.url}/start`, ...config });
  await node.send("in", payload);
  const [output] = node.payloads("out") as [{ status: number; headers: object; body: unknown; url: string }];
  return { ...output, url: output.url.replace(server.url, ""), asked: server.asked };
}

/** Lets the node's clock run until the promise settles. */
async function letRun<T>(node: TestNode, promise: Promise<T>): Promise<T> {
  let settled = false;
  const watched = promise.finally(() => {
    settled = true;
  });
  watched.catch(() => undefined);
  await eventually(async () => {
    await node.clock.advance(50);
    return settled;
  });
  return watched;
}

describe("an answer", () => {
  it.each<[string, string, string | Buffer, string, unknown]>([
    ["JSON by its type", "application/json", '{"a":1}', "auto", { a: 1 }],
    ["JSON of its own kind", "application/hal+json", "[]", "auto", []],
    ["text by its type", "text/html; charset=iso-8859-1", Buffer.from([0xe9]), "auto", "é"],
    ["bytes by its type", "image/png", Buffer.from([1, 2]), "auto", Buffer.from([1, 2])],
    ["text as asked", "application/json", "{}", "text", "{}"],
    ["JSON as asked", "text/plain", "{}", "json", {}],
    ["bytes as asked", "text/plain", "a", "bytes", Buffer.from("a")],
    ["nothing", "application/json", "", "auto", null],
  ])("is %s", async (_name, type, sent, response, body) => {
    const output = await ask({ response }, (_asked, to) =>
      to.writeHead(200, { "content-type": type }).end(sent),
    );
    expect(output).toMatchObject({ status: 200, headers: { "content-type": type }, body, url: "/start" });
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ] as const)("packed with %s is unpacked", async (encoding, pack) => {
    const output = await ask({}, ({ headers }, to) => {
      expect(headers["accept-encoding"]).toContain(encoding);
      to.writeHead(200, { "content-encoding": encoding, "content-type": "text/plain" }).end(pack("hello"));
    });
    expect(output.body).toBe("hello");
  });

  it.each<[string, Answering]>([
    ["large", (_asked, to) => to.end("x".repeat(1001))],
    [
      "large when unpacked",
      (_asked, to) => to.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(100_000))),
    ],
    ["endless", (_asked, to) => void setInterval(() => to.write("x".repeat(600)), 1).unref()],
  ])("that is too %s fails the message", async (_name, answer) => {
    await expect(ask({ responseLimit: 1000 }, answer)).rejects.toMatchObject({
      code: "http/response-too-large",
    });
  });

  it.each<[string, Answering]>([
    ["that is no JSON", (_asked, to) => to.writeHead(200, { "content-type": "application/json" }).end("{")],
    [
      "that is broken off",
      (_asked, to) => {
        to.writeHead(200, { "content-length": "10" }).write("x");
        setTimeout(() => to.destroy(), 5);
      },
    ],
    ["that is packed badly", (_asked, to) => to.writeHead(200, { "content-encoding": "gzip" }).end("no")],
  ])("%s fails the message", async (_name, answer) => {
    await expect(ask({}, answer)).rejects.toThrow(/The answer is not JSON|got no answer/);
  });
});

describe("an error status", () => {
  const teapot: Answering = (_asked, to) =>
    to.writeHead(418, { "content-type": "text/plain" }).end("short and stout");

  it("fails the message, with what the server said, and is not retried by the topic", async () => {
    await using server = await testServer(teapot);
    await using node = await requester({ url: `${server.url}/tea?key=secret` });
    await expect(node.send("in", {})).rejects.toMatchObject({
      code: "http/status",
      retry: false,
      message: `GET ${server.url}/tea answered 418. It said: short and stout`,
    });
  });

  it("leaves the output where wanted", async () => {
    expect(await ask({ throwOnStatus: false }, teapot)).toMatchObject({
      status: 418,
      body: "short and stout",
    });
  });
});

describe("a redirect", () => {
  it("is followed, and the answer says where it ended", async () => {
    const output = await ask({ method: "POST", auth: { type: "bearer", token: "t" } }, ({ url }, to) => {
      if (url === "/start") to.writeHead(303, { location: "/end?x=1" }).end("elsewhere");
      else to.end("there");
    });
    expect(output.url).toBe("/end?x=1");
    expect(output.asked.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ["POST", "/start", "Bearer t"],
      ["GET", "/end?x=1", "Bearer t"],
    ]);
  });

  it("to another origin takes no credentials along", async () => {
    await using other = await testServer((_asked, to) => to.end("hi"));
    await ask({ auth: { type: "bearer", token: "t" }, headers: { cookie: "a=b" } }, (_asked, to) =>
      to.writeHead(307, { location: other.url }).end(),
    );
    const { authorization, cookie } = other.asked[0]?.headers ?? {};
    expect([other.asked.length, authorization, cookie]).toEqual([1, undefined, undefined]);
  });

  it("is the answer itself where none are followed", async () => {
    const output = await ask({ redirects: 0 }, (_asked, to) => to.writeHead(302, { location: "/end" }).end());
    expect(output).toMatchObject({ status: 302, headers: { location: "/end" } });
  });

  it("in a circle ends", async () => {
    const circle = ask({ redirects: 3 }, (_asked, to) => to.writeHead(302, { location: "/start" }).end());
    await expect(circle).rejects.toThrow("was redirected more than 3 times.");
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "http://[::ffff:169.254.169.254]/",
  ])("to %s is refused", async (location) => {
    const sent = ask({}, (_asked, to) => to.writeHead(302, { location }).end());
    await expect(sent).rejects.toMatchObject({
      code: expect.stringMatching(/address-refused|bad-url/),
      retry: false,
    });
  });
});

describe("this machine and private networks", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "0x7f.1", "[::ffff:127.0.0.1]"])(
    "are not called at %s, and no connection is made",
    async (host) => {
      await using server = await testServer((_asked, to) => to.end());
      await using node = await requester({
        url: `http://${host}:${server.port}/`,
        allowPrivate: false,
        retries: 5,
      });
      await expect(node.send("in", {})).rejects.toMatchObject({
        code: "http/address-refused",
        retry: false,
        message: expect.stringContaining("is a private address. Set allowPrivate"),
      });
      expect(server.connections).toBe(0);
    },
  );
});

describe("a request that fails", () => {
  const failing = (times: number, status: number, headers = {}): Answering => {
    let count = 0;
    return (_asked, to) => void (++count <= times ? to.writeHead(status, headers).end() : to.end("at last"));
  };

  it("is tried again", async () => {
    await using server = await testServer(failing(2, 503));
    await using node = await requester({ url: server.url, retries: 2 });
    await letRun(node, node.send("in", {}));
    expect([server.asked.length, node.payloads("out")]).toMatchObject([
      3,
      [{ body: Buffer.from("at last") }],
    ]);
  });

  it("waits as long as the server asks", async () => {
    await using server = await testServer(failing(1, 429, { "retry-after": "3" }));
    await using node = await requester({ url: server.url, retries: 1 });
    const start = node.clock.now();
    await letRun(node, node.send("in", {}));
    expect(node.clock.now() - start).toBeGreaterThanOrEqual(3000);
  });

  it("gives up after its retries, with the last answer", async () => {
    await using server = await testServer(failing(9, 503));
    await using node = await requester({ url: server.url, retries: 2 });
    await expect(letRun(node, node.send("in", {}))).rejects.toMatchObject({
      code: "http/status",
      retry: true,
    });
    expect(server.asked.length).toBe(3);
  });

  it("shows its trouble until it is over", async () => {
    const server = await testServer((_asked, to) => to.end("hi"));
    await using node = await requester({ url: `${server.url}/` });
    await server[Symbol.asyncDispose]();
    await expect(node.send("in", {})).rejects.toMatchObject({ code: "http/unanswered", retry: true });
    expect([node.status.level, (await node.health()).healthy]).toEqual(["error", false]);
    expect(node.status.text).toContain("ECONNREFUSED");
  });

  it("is given up when it takes too long", async () => {
    await using server = await testServer(() => undefined);
    await using node = await requester({ url: server.url, timeout: "200ms" });
    await expect(letRun(node, node.send("in", {}))).rejects.toThrow("was not answered within 200ms.");
  });

  it("is given up when the node stops", async () => {
    await using server = await testServer(() => undefined);
    const node = await requester({ url: server.url, retries: 5 });
    const sent = node.send("in", {}).catch(() => "gone");
    await expect.poll(() => server.asked.length).toBe(1);
    await node.close();
    expect(await sent).toBe("gone");
    expect(node.leaks).toEqual([]);
  });
});

describe("a server that speaks TLS", () => {
  async function secureServer() {
    const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, (_request, response) =>
      response.end("hi"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  it.each<[string, object]>([
    ["is trusted by the certificate it was given", { ca: TEST_CERTIFICATE }],
    ["is trusted without looking where that was wanted", { rejectUnauthorized: false }],
  ])("%s", async (_name, tls) => {
    await using server = await secureServer();
    await using node = await requester({ url: server.url, tls, response: "text" });
    await node.send("in", {});
    expect(node.payloads("out")).toMatchObject([{ body: "hi" }]);
  });

  it("is not trusted otherwise", async () => {
    await using server = await secureServer();
    await using node = await requester({ url: server.url });
    await expect(node.send("in", {})).rejects.toThrow(/got no answer: .*self-signed certificate/);
  });
});

describe("digest authentication", () => {
  const challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';
  const auth = { type: "digest", user: "ann", password: "secret" };

  it("answers the challenge, and sends no password", async () => {
    const output = await ask({ method: "POST", auth, response: "text" }, ({ headers }, to) => {
      if (headers.authorization?.startsWith("Digest ")) to.end("welcome");
      else to.writeHead(401, { "www-authenticate": challenge }).end("who?");
    });
    expect(output.body).toBe("welcome");
    expect(output.asked.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      expect.stringMatching(
        /^Digest username="ann", realm="r", nonce="n", uri="\/start", algorithm=SHA-256, /,
      ),
    ]);
  });

  it("gives up when the answer is not accepted", async () => {
    await using server = await testServer((_asked, to) =>
      to.writeHead(401, { "www-authenticate": challenge }).end(),
    );
    await using node = await requester({ url: server.url, auth });
    await expect(node.send("in", {})).rejects.toThrow("answered 401");
    expect(server.asked.length).toBe(2);
  });

  it("answers no challenge of another origin", async () => {
    await using other = await testServer((_asked, to) =>
      to.writeHead(401, { "www-authenticate": challenge }).end(),
    );
    const sent = ask({ auth }, (_asked, to) => to.writeHead(302, { location: other.url }).end());
    await expect(sent).rejects.toThrow("answered 401");
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe("requests", () => {
  it("carry the message, and reuse connections", async () => {
    await using server = await testServer((_asked, to) => to.end("hi"));
    const config = { method: "PUT", url: `${server.url}/users/{{payload.id}}`, idempotencyKey: true };
    await using node = await requester(config);
    await node.send("in", { id: "m/1", payload: { id: "a b" } });
    for (const id of [2, 3, 4, 5]) await node.send("in", { payload: { id } });
    expect(server.asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["PUT", "/users/a%20b", '{"id":"a b"}'],
      ...[2, 3, 4, 5].map((id) => ["PUT", `/users/${id}`, `{"id":${id}}`]),
    ]);
    expect(server.asked[0]?.headers).toMatchObject({ "idempotency-key": "m/1", "user-agent": "millrace" });
    expect(server.connections).toBeLessThan(3);
  });

  it("hold values of the message in their body, as what they are", async () => {
    const config = { method: "POST", body: { count: "{{payload.count}}", text: "no. {{payload.count}}" } };
    const { asked } = await ask(config, (_asked, to) => to.end(), { count: 3 });
    expect(asked[0]?.body).toBe('{"count":3,"text":"no. 3"}');
  });

  it("send forms with files", async () => {
    const headers = { "content-type": "multipart/form-data" };
    const payload = { name: "a", file: Buffer.from("bytes") };
    const { asked } = await ask({ method: "POST", headers }, (_asked, to) => to.end(), payload);
    expect(asked[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(asked[0]?.body).toMatch(/name="name"\r\n\r\na\r\n[\s\S]*filename="file"[\s\S]*bytes/);
  });

  it("run side by side", async () => {
    const waiting: (() => void)[] = [];
    await using server = await testServer((_asked, to) => void waiting.push(() => to.end()));
    await using node = await requester({ url: server.url });
    const all = Promise.all(Array.from({ length: 16 }, () => node.send("in", {})));
    await expect.poll(() => waiting.length).toBe(16);
    for (const answer of waiting) answer();
    await all;
    expect(node.payloads("out")).toHaveLength(16);
  });

  it("go through a proxy where one is configured", async () => {
    await using proxy = await testServer(({ url }, to) => to.end(`you asked for ${url}`));
    const output = await ask({ proxy: proxy.url, response: "text" }, () => undefined);
    expect(output.body).toMatch(/^you asked for http:\/\/127\.0\.0\.1:\d+\/start$/);
    expect(output.asked).toEqual([]);
  });
});
