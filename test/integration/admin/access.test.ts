import { describe, expect, it } from "vitest";
import { startAdmin } from "../../../engine/admin/admin.ts";
import { TOKEN, testAdmin } from "../../support/admin.ts";
import { createTestEngine } from "../../support/engine-control.ts";
import { plainRequest } from "../../support/http-request.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const json = { "content-type": "application/json" };

describe("without a token", () => {
  it.each([
    ["GET", "/api/flows"],
    ["GET", "/api/me"],
    ["PUT", "/api/flows/main"],
    ["POST", "/api/flows/main/topics/t/messages"],
    ["GET", "/api/openapi.json"],
  ])("%s %s is 401", async (method, path) => {
    await using admin = await testAdmin();
    const answer = await admin.plain(path, {
      method,
      headers: json,
      body: method === "GET" ? undefined : {},
    });
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    expect(answer.json).toMatchObject({ error: { code: "admin/not-signed-in" } });
  });

  it("a body of any size is refused before it is read", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/api/flows/main", {
      method: "PUT",
      headers: json,
      body: "not even JSON",
    });
    expect(answer.status).toBe(401);
  });
});

describe("the token", () => {
  it("opens the API as Bearer", async () => {
    await using admin = await testAdmin();
    expect((await admin.ask("GET", "/api/me")).json).toEqual({ name: "admin", role: "admin" });
  });

  it.each(["wrong", `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase()])("is not %s", async (token) => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/api/me", { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, answer.json]).toMatchObject([401, { error: { code: "admin/wrong-token" } }]);
  });

  it("cannot be guessed at speed", async () => {
    await using admin = await testAdmin();
    const guess = () => admin.plain("/api/me", { headers: { authorization: "Bearer guess" } });
    for (let guesses = 0; guesses < 100; guesses += 1) expect((await guess()).status).toBe(401);
    const answer = await guess();
    expect([answer.status, answer.headers["retry-after"]]).toEqual([429, "1"]);
    admin.clock.turn(600);
    expect((await guess()).status).toBe(401);
  });
});

describe("signing in", () => {
  it("sets a cookie that scripts and other sites cannot use, and that opens the API", async () => {
    await using admin = await testAdmin();
    const login = await admin.plain("/api/login", { method: "POST", headers: json, body: { token: TOKEN } });
    expect([login.status, login.json]).toEqual([200, { name: "admin", role: "admin" }]);
    expect(login.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        new RegExp(
          `^millrace-${admin.port}=\\w+\\.[\\w-]{32}\\.[\\w-]{43}; Max-Age=604800; Path=/; HttpOnly; SameSite=Strict$`,
        ),
      ),
    ]);
    const cookie = login.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await admin.plain("/api/me", { headers: { cookie } })).status).toBe(200);
  });

  it("by the printed link leaves no token in the address", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain(`/?token=${TOKEN}`);
    expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
    const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await admin.plain("/api/me", { headers: { cookie } })).status).toBe(200);
  });

  it("by a link with a wrong token shows the login", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/?token=wrong");
    expect([answer.status, answer.headers.location, answer.headers["set-cookie"]]).toEqual([
      303,
      "/",
      undefined,
    ]);
  });

  it("with a token that is short is slowed after ten wrong ones, even with the right one", async () => {
    const token = "short-one";
    await using admin = await testAdmin({ token });
    const login = (token: string) =>
      admin.plain("/api/login", { method: "POST", headers: json, body: { token } });
    for (let tries = 0; tries < 10; tries += 1) expect((await login("wrong")).status).toBe(401);
    const slowed = await login(token);
    expect([slowed.status, slowed.headers["retry-after"]]).toEqual([429, "6"]);
    expect((await admin.ask("GET", "/api/me")).status).toBe(200);
    admin.clock.turn(6000);
    expect((await login(token)).status).toBe(200);
  });

  it("with a long token does not wait for what others tried", async () => {
    await using admin = await testAdmin();
    const login = (token: string) =>
      admin.plain("/api/login", { method: "POST", headers: json, body: { token } });
    for (let tries = 0; tries < 10; tries += 1) await login("wrong");
    expect([(await login("wrong")).status, (await login(TOKEN)).status]).toEqual([429, 200]);
  });

  it("ends with logout", async () => {
    await using admin = await testAdmin();
    const cookie = await admin.signIn();
    const logout = await admin.plain("/api/logout", { method: "POST", headers: { ...json, cookie } });
    expect(logout.headers["set-cookie"]).toEqual([
      `millrace-${admin.port}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`,
    ]);
    expect((await admin.plain("/api/me", { headers: { cookie } })).status).toBe(401);
  });

  it("ends after a week", async () => {
    await using admin = await testAdmin();
    const cookie = await admin.signIn();
    admin.clock.turn(7 * 24 * 3_600_000);
    expect((await admin.plain("/api/me", { headers: { cookie } })).status).toBe(401);
  });

  it("keeps at most a thousand sessions: the oldest end", async () => {
    await using admin = await testAdmin();
    const first = await admin.signIn();
    for (let count = 1; count < 1000; count += 1) await admin.signIn();
    expect((await admin.plain("/api/me", { headers: { cookie: first } })).status).toBe(200);
    await admin.signIn();
    expect((await admin.plain("/api/me", { headers: { cookie: first } })).status).toBe(401);
  });
});

describe("a page of another site", () => {
  it.each(["http://evil.example", "null", "https://127.0.0.1", "file://", "http://localhost.evil.example"])(
    "from %s is refused, even with the token",
    async (origin) => {
      await using admin = await testAdmin();
      const headers = { origin, authorization: `Bearer ${TOKEN}` };
      const answer = await admin.plain("/api/flows", { headers });
      expect([answer.status, answer.json]).toMatchObject([403, { error: { code: "admin/origin-refused" } }]);
    },
  );

  it("on another port of this machine is refused", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/api/flows", { headers: { origin: "http://127.0.0.1:1" } });
    expect(answer.status).toBe(403);
  });

  it("cannot ask for permission (CORS)", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/api/flows", {
      method: "OPTIONS",
      headers: { origin: "http://evil.example", "access-control-request-method": "PUT" },
    });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", undefined])(
    "cannot change anything with a form of type %s and the cookie",
    async (type) => {
      await using admin = await testAdmin();
      const cookie = await admin.signIn();
      const answer = await admin.plain("/api/flows/main/start", {
        method: "POST",
        headers: { cookie, ...(type !== undefined && { "content-type": type }) },
        body: "{}",
      });
      expect([answer.status, answer.json]).toMatchObject([415, { error: { code: "admin/not-json" } }]);
    },
  );

  it("cannot sign a browser in with a form", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/api/login", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ token: TOKEN }),
    });
    expect(answer.status).toBe(415);
  });
});

describe("the name in the Host header", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])("may be %s on loopback", async (name) => {
    await using admin = await testAdmin();
    const host = `${name}:${admin.port}`;
    expect((await admin.plain("/healthz", { headers: { host } })).status).toBe(200);
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", ""])(
    "may not be %s (DNS rebinding)",
    async (name) => {
      await using admin = await testAdmin();
      const headers = { host: `${name}:${admin.port}`, authorization: `Bearer ${TOKEN}` };
      for (const path of ["/", "/healthz", "/api/flows", "/live/?EIO=4&transport=polling"]) {
        expect([path, (await admin.plain(path, { headers })).status]).toEqual([path, 403]);
      }
    },
  );

  it("needs the right port", async () => {
    await using admin = await testAdmin();
    expect((await admin.plain("/healthz", { headers: { host: "127.0.0.1" } })).status).toBe(403);
  });

  it("may be a configured name, which is then an origin, too", async () => {
    await using admin = await testAdmin({ allowedHosts: ["editor.example.com"] });
    const headers = { host: "editor.example.com", origin: "https://editor.example.com" };
    expect((await admin.plain("/healthz", { headers })).status).toBe(200);
  });

  it("may be the address that the connection came in at, when all are listened on", async () => {
    await using admin = await testAdmin({ host: "0.0.0.0" });
    const at = (host: string) =>
      plainRequest(`http://127.0.0.2:${admin.port}/healthz`, { headers: { host } });
    expect((await at(`127.0.0.2:${admin.port}`)).status).toBe(200);
    expect((await at(`127.0.0.3:${admin.port}`)).status).toBe(403);
    expect(admin.url).toBe(`http://127.0.0.1:${admin.port}`);
  });
});

describe("every answer", () => {
  it.each(["/", "/healthz", "/api/flows", "/nothing"])(
    "at %s tells browsers what they may do",
    async (path) => {
      await using admin = await testAdmin();
      const { headers } = await admin.plain(path);
      expect(headers).toMatchObject({
        "content-security-policy":
          "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
      });
      expect(headers["x-powered-by"]).toBeUndefined();
    },
  );
});

describe("the port", () => {
  it("that is taken is named in the error", async () => {
    await using admin = await testAdmin();
    const second = startAdmin({
      engine: createTestEngine(),
      host: "127.0.0.1",
      port: admin.port,
      token: TOKEN,
      editorFolder: null,
      logger: quietLogger().logger,
    });
    await expect(second).rejects.toMatchObject({
      code: "admin/port-in-use",
      message: `Port ${admin.port} is already in use. Stop the other program or give --port another number.`,
    });
  });

  it("is free again after the server was closed", async () => {
    const first = await testAdmin();
    await first[Symbol.asyncDispose]();
    await using again = await testAdmin({ port: first.port });
    expect((await again.plain("/healthz")).status).toBe(200);
  });
});
