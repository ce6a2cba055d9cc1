// Redis goes away, comes back, loses answers: nothing is lost, nothing happens twice.
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import {
  all,
  bodies,
  bytes,
  listeningLogger,
  numbers,
  openTestRedis,
  pendingOf,
  publishNumbers,
  reader,
  readNow,
  settle,
  someTopic,
  text,
  workOff,
} from "./given.ts";

test("each number is there exactly once, in order, after Redis was killed and restarted while publishing", async () => {
  await using server = await RedisServer.start({ settings: { appendonly: "yes", appendfsync: "always" } });
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  const publishing = publishNumbers(backend, stream, 1000, 2);
  for (let kill = 0; kill < 3; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await server.kill("SIGKILL");
    await server.restart();
  }
  await publishing;
  expect(await all(backend, stream)).toEqual(numbers(1000));
});

test("each number is there exactly once when connections are cut and replies are lost while publishing", async () => {
  await using server = await RedisServer.start();
  await using proxy = await TcpProxy.start(server.port);
  await using backend = await openTestRedis(`redis://127.0.0.1:${proxy.port}`);
  const stream = someTopic();
  {
    using _ = proxy.harass(40);
    await publishNumbers(backend, stream, 2000, 2);
  }
  expect(proxy.cuts).toBeGreaterThan(5);
  expect(await all(backend, stream)).toEqual(numbers(2000));
});

test("each input takes effect exactly once when connections are cut and replies are lost while committing", async () => {
  await using server = await RedisServer.start();
  await using proxy = await TcpProxy.start(server.port);
  await using backend = await openTestRedis(`redis://127.0.0.1:${proxy.port}`);
  const stream = someTopic();
  const output = { ...stream, topic: "output" };
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  {
    using _ = proxy.harass(40);
    await Promise.all([publishNumbers(backend, stream, 1500, 2), workOff(backend, mine, output, 1500)]);
  }
  expect(proxy.cuts).toBeGreaterThan(5);
  expect((await all(backend, output)).sort()).toEqual(numbers(1500).sort());
  expect(await pendingOf(backend, mine)).toEqual([]);
});

test("says that Redis is away and back, and calls that wait go on", async () => {
  await using server = await RedisServer.start({ settings: { appendonly: "yes" } });
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  const heard: boolean[] = [];
  using _ = backend.onHealth(({ up }) => heard.push(up));
  await backend.state.set("global", "k", bytes("v"));
  await server.kill("SIGKILL");
  await eventually(() => !backend.health().up);
  expect(backend.health().text).toMatch(/does not answer/);
  const waiting = [
    backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]),
    backend.state.get("global", "k").then(text),
  ];
  await server.restart();
  await Promise.all(waiting);
  expect(heard).toEqual([false, true]);
  expect(await waiting[1]).toBe("v");
  expect(await all(backend, stream)).toEqual(["a"]);
});

test("notices a server that hangs, and goes on when it answers again", async () => {
  await using server = await RedisServer.start();
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  server.pause();
  const publishing = backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await eventually(() => !backend.health().up);
  server.resume();
  await publishing;
  expect(await all(backend, stream)).toEqual(["a"]);
});

test("a read that outlives a cut answers with nothing, so that own pending entries come first", async () => {
  await using server = await RedisServer.start();
  await using proxy = await TcpProxy.start(server.port);
  await using backend = await openTestRedis(`redis://127.0.0.1:${proxy.port}`);
  const stream = someTopic();
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a"), bytes("b")]);
  proxy.swallowReplies(true);
  const reading = readNow(backend, mine, 1);
  await eventually(async () =>
    (await server.command("XPENDING", `mr:{${stream.flow}}:topic:orders`, mine.group)).startsWith("*4\r\n:1"),
  );
  proxy.cut();
  proxy.swallowReplies(false);
  expect(await reading).toEqual([]);
  await eventually(() => backend.health().up);
  expect(bodies(await pendingOf(backend, mine))).toEqual(["a"]);
});

test("what must not happen twice is not repeated: it says that the answer was lost", async () => {
  await using server = await RedisServer.start();
  await using proxy = await TcpProxy.start(server.port);
  await using backend = await openTestRedis(`redis://127.0.0.1:${proxy.port}`);
  proxy.swallowReplies(true);
  const changing = backend.state.compareAndSet("global", "k", undefined, bytes("v"));
  await eventually(async () => (await server.command("HLEN", "mr:state:global")).startsWith(":1"));
  proxy.cut();
  proxy.swallowReplies(false);
  await expect(changing).rejects.toEqual(expect.objectContaining({ code: "backend/answer-lost" }));
});

test("storing a revision answers with its number although the first answer was lost", async () => {
  await using server = await RedisServer.start();
  await using proxy = await TcpProxy.start(server.port);
  await using backend = await openTestRedis(`redis://127.0.0.1:${proxy.port}`);
  const draft = { time: 1, author: "Ada", note: "", content: "hash", bundle: "{}" };
  await backend.revisions.append("main", 0, draft);
  proxy.swallowRepliesFrom("append_revision");
  const storing = backend.revisions.append("main", 1, draft);
  await eventually(async () => (await server.command("HGET", "mr:{main}:flow", "newest")).includes("2"));
  proxy.cut();
  proxy.swallowReplies(false);
  expect(await storing).toBe(2);
  expect((await backend.revisions.list("main")).length).toBe(2);
});

test("subscriptions hear again after their connection was cut", async () => {
  await using server = await RedisServer.start();
  await using proxy = await TcpProxy.start(server.port);
  await using backend = await openTestRedis(`redis://127.0.0.1:${proxy.port}`);
  const channel = someTopic();
  const heard: (string | undefined)[] = [];
  await using _ = await backend.channels.subscribe(channel, (body) => heard.push(text(body)));
  proxy.cut();
  await eventually(async () => {
    await backend.channels.publish(channel, bytes("a")).catch(() => undefined);
    return heard.length > 0;
  });
});

test("a full Redis takes no new messages, but commits, and goes on when there is room", async () => {
  await using server = await RedisServer.start();
  await using backend = await openTestRedis(server.url);
  const stream = someTopic();
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  const { ids } = await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await readNow(backend, mine);
  await server.command("CONFIG", "SET", "maxmemory", "1");
  const many = { ...stream, topic: "many" };
  const publishing = Promise.all([
    backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b")]),
    publishNumbers(backend, many, 200),
  ]);
  await eventually(() => !backend.health().up);
  expect(backend.health().text).toMatch(/no memory left/);
  const output = { ...stream, topic: "output" };
  const effects = [{ kind: "append" as const, stream: output, body: bytes("out") }];
  expect(await backend.streams.commit([settle(mine, ids[0] ?? "", effects)])).toEqual([true]);
  await server.command("CONFIG", "SET", "maxmemory", "0");
  await publishing;
  expect(backend.health().up).toBe(true);
  expect(await all(backend, stream)).toEqual(["a", "b"]);
  expect(await all(backend, many)).toEqual(numbers(200));
});

test("goes on when a foreign program removed a stream: groups are made anew, and it says so", async () => {
  await using server = await RedisServer.start();
  const { logger, lines } = listeningLogger();
  await using backend = await openTestRedis(server.url, logger);
  const stream = someTopic();
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  await backend.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  const [entry] = await readNow(backend, mine);
  const signal = new AbortController().signal;
  const reading = backend.streams.read(mine, { count: 9, waitMs: 20_000, signal });
  await server.command("DEL", `mr:{${stream.flow}}:topic:orders`);
  await server.command("FUNCTION", "FLUSH");
  expect(await backend.streams.commit([settle(mine, entry?.id ?? "")])).toEqual([false]);
  await backend.streams.publish(stream, { id: "p", sequence: 1 }, [bytes("b")]);
  expect(bodies(await reading)).toEqual(["b"]);
  expect(lines.filter((line) => /was missing in Redis/.test(line.text)).length).toBe(1);
});
