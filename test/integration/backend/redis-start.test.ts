// Starting with Redis: what cannot be used is refused with a sentence, what would lose data is said.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort, RedisServer } from "../../support/redis-server.ts";
import { bytes, openTestRedis, text } from "./given.ts";

const refusal = (code: string) => expect.objectContaining({ code: `backend/${code}` });

async function listening(answer: string | undefined) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => answer !== undefined && socket.end(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `redis://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

test("an address where nothing listens is unreachable", async () => {
  const { url } = await listening(undefined).then((each) => {
    each[Symbol.dispose]();
    return each;
  });
  await expect(openTestRedis(url)).rejects.toEqual(refusal("redis-unreachable"));
});

test("an address that is none is refused, and its password is not shown", async () => {
  await expect(openTestRedis("http://127.0.0.1:6379")).rejects.toEqual(refusal("redis-url-invalid"));
  const error = await openTestRedis("redis://user:hunter2@127.0.0.1:99999").catch((each) => each);
  expect(error).toEqual(refusal("redis-url-invalid"));
  expect(error.message).not.toContain("hunter2");
});

test("a server that is no Redis is refused", async () => {
  using web = await listening("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  await expect(openTestRedis(web.url)).rejects.toEqual(refusal("redis-not-redis"));
});

test("a missing and a wrong password are told apart, and the right one works", async () => {
  await using server = await RedisServer.start({ settings: { requirepass: "p@ss:w/rd" } });
  const at = `127.0.0.1:${server.port}`;
  await expect(openTestRedis(`redis://${at}`)).rejects.toEqual(refusal("redis-login-missing"));
  await expect(openTestRedis(`redis://:wrong@${at}`)).rejects.toEqual(refusal("redis-login-refused"));
  await expect(openTestRedis(`redis://nobody:wrong@${at}`)).rejects.toEqual(refusal("redis-login-refused"));
  await using backend = await openTestRedis(server.url);
  expect(backend.health().up).toBe(true);
  expect(backend.health().text).not.toContain("p@ss");
});

test("a read-only replica is refused", async () => {
  await using master = await RedisServer.start();
  await using replica = await RedisServer.start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
  await expect(openTestRedis(replica.url)).rejects.toEqual(refusal("redis-replica"));
});

test("the database of the address is used", async () => {
  await using server = await RedisServer.start();
  await using zero = await openTestRedis(server.url);
  await using three = await openTestRedis(`${server.url}/3`);
  await three.state.set("global", "k", bytes("three"));
  expect(await zero.state.get("global", "k")).toBeUndefined();
  expect(text(await three.state.get("global", "k"))).toBe("three");
});

test("settings that would lose data are said in plain words", async () => {
  await using careless = await RedisServer.start({
    settings: { "maxmemory-policy": "allkeys-lru", appendonly: "no" },
  });
  await using backend = await openTestRedis(careless.url);
  expect(backend.warnings).toEqual([
    expect.stringMatching(/maxmemory-policy/),
    expect.stringMatching(/appendonly/),
  ]);
  await using careful = await RedisServer.start({ settings: { appendonly: "yes" } });
  await using quiet = await openTestRedis(careful.url);
  expect(quiet.warnings).toEqual([]);
});

test("TLS is spoken with rediss://, only with a certificate that somebody vouches for", async () => {
  const file = (name: string) => join(import.meta.dirname, "../../support/tls", name);
  const port = await freePort();
  await using server = await RedisServer.start({
    settings: {
      "tls-port": String(port),
      "tls-cert-file": file("localhost-cert.pem"),
      "tls-key-file": file("localhost-key.pem"),
      "tls-auth-clients": "no",
    },
  });
  const url = `rediss://localhost:${port}`;
  await expect(openTestRedis(url)).rejects.toThrow(/self-signed certificate/);
  const plain = openTestRedis(server.url.replace("redis:", "rediss:"));
  await expect(plain).rejects.toThrow(/does not answer in TLS/);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: file("localhost-cert.pem") };
  expect(await healthInOtherProcess(url, env)).toMatch(/^redis .* at rediss:\/\/localhost/);
});

/** What a process with this environment says of the server: Node reads its certificates only at start. */
async function healthInOtherProcess(url: string, env: NodeJS.ProcessEnv): Promise<string> {
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, "../../../engine", path));
  const source = `
    import { openRedis } from ${module("backend/redis/redis.ts")};
    import { createLogger } from ${module("base/logger.ts")};
    const logger = createLogger({ level: "silent", json: true, write: () => undefined });
    const options = { url: ${JSON.stringify(url)}, namespace: "mr", engineId: "test", logger };
    await using backend = await openRedis(options);
    process.stdout.write(backend.health().text);`;
  const args = ["--conditions=millrace-source", "--input-type=module", "--eval", source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return stdout;
}
