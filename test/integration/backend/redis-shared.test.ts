// Several engines on one Redis, and foreign programs beside them.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisServer } from "../../support/redis-server.ts";
import {
  bodies,
  bytes,
  openTestRedis,
  pendingOf,
  reader,
  readNow,
  settle,
  someTopic,
  text,
} from "./given.ts";

let server: RedisServer;
let one: Backend;
let two: Backend;
const never = new AbortController().signal;

beforeAll(async () => {
  server = await RedisServer.start();
  one = await openTestRedis(server.url);
  two = await openTestRedis(server.url);
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test("a reader of one engine is woken by another engine", async () => {
  const stream = someTopic();
  await one.streams.ensureGroup(stream, "flow/node", "new");
  const reading = one.streams.read(reader(stream), { count: 9, waitMs: 25_000, signal: never });
  await two.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  expect(bodies(await reading)).toEqual(["a"]);
});

test("an engine that lost an entry to another one cannot commit it", async () => {
  const stream = someTopic();
  await one.streams.ensureGroup(stream, "flow/node", "new");
  const { ids } = await one.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await readNow(one, reader(stream, "one:1"));
  expect(await two.streams.claim(reader(stream, "two:1"), "one:", 9)).toHaveLength(1);
  expect(await one.streams.commit([settle(reader(stream, "one:1"), ids[0] ?? "")])).toEqual([false]);
  expect(await two.streams.commit([settle(reader(stream, "two:1"), ids[0] ?? "")])).toEqual([true]);
});

test("every engine hears of a new revision, and of two at once only one is stored", async () => {
  const heard: string[] = [];
  using _one = one.revisions.onChange((flow) => heard.push(`one ${flow}`));
  using _two = two.revisions.onChange((flow) => heard.push(`two ${flow}`));
  const { flow } = someTopic();
  const draft = { time: 1, author: "Ada", note: "", content: "hash", bundle: "{}" };
  const answers = await Promise.all([
    one.revisions.append(flow, 0, draft),
    two.revisions.append(flow, 0, draft),
  ]);
  expect(answers.filter((answer) => answer === 1).length).toBe(1);
  await eventually(() => heard.length >= 2);
  expect(heard.sort()).toEqual([`one ${flow}`, `two ${flow}`]);
});

test("entries of foreign programs come as fields, or with their field m as the body", async () => {
  const name = `/${someTopic().flow}`;
  const stream = { flow: undefined, topic: name };
  await one.streams.ensureGroup(stream, "flow/node", "new");
  const reading = one.streams.read(reader(stream), { count: 1, waitMs: 25_000, signal: never });
  await server.command("XADD", name, "1700000000000-5", "celsius", "31", "place", "Mühle");
  const [foreign] = await reading;
  expect({ ...foreign, fields: { ...foreign?.fields } }).toEqual({
    id: "1700000000000-5",
    body: undefined,
    fields: { celsius: "31", place: "Mühle" },
    deliveries: 0,
    failures: 0,
  });
  await server.command("XADD", name, "*", "x", "y", "m", "body");
  expect(bodies(await readNow(one, reader(stream)))).toEqual(["body"]);
});

test("an entry that a foreign program deleted is settled, not handed out", async () => {
  const name = `/${someTopic().flow}`;
  const stream = { flow: undefined, topic: name };
  await one.streams.ensureGroup(stream, "flow/node", "new");
  const { ids } = await one.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a"), bytes("b")]);
  await readNow(one, reader(stream));
  await server.command("XDEL", name, ids[0] ?? "");
  expect(bodies(await pendingOf(one, reader(stream)))).toEqual(["b"]);
  expect((await one.streams.info(stream)).groups[0]?.pending).toBe(1);
});

test("a topic whose key holds something else is refused, and leaves other readers alone", async () => {
  const name = `/${someTopic().flow}`;
  const broken = { flow: undefined, topic: name };
  await server.command("SET", name, "a string");
  const refusal = expect.objectContaining({ code: "backend/redis-refused" });
  await expect(one.streams.publish(broken, { id: "p", sequence: 0 }, [bytes("a")])).rejects.toEqual(refusal);
  await expect(readNow(one, reader(broken))).rejects.toEqual(refusal);
  const stream = someTopic();
  await one.streams.ensureGroup(stream, "flow/node", "new");
  const { ids } = await one.streams.publish(stream, { id: "p", sequence: 0 }, [bytes("a")]);
  await readNow(one, reader(stream));
  const effects = [
    { kind: "append" as const, stream: { ...stream, topic: "output" }, body: bytes("half") },
    { kind: "append" as const, stream: broken, body: bytes("half") },
  ];
  await expect(one.streams.commit([settle(reader(stream), ids[0] ?? "", effects)])).rejects.toEqual(refusal);
  expect((await one.streams.info({ ...stream, topic: "output" })).length).toBe(0);
  expect((await pendingOf(one, reader(stream))).length).toBe(1);
});

test("a foreign PUBLISH on a shared channel is heard as it is", async () => {
  const channel = { flow: undefined, topic: `/${someTopic().flow}` };
  const heard: (string | undefined)[] = [];
  await using _ = await one.channels.subscribe(channel, (body) => heard.push(text(body)));
  await server.command("PUBLISH", channel.topic, "hello");
  await eventually(() => heard.length > 0);
  expect(heard).toEqual(["hello"]);
});

test("a hundred waiting readers need one more connection, not a hundred", async () => {
  const stop = new AbortController();
  const { flow } = someTopic();
  const streams = Array.from({ length: 100 }, (_, index) => ({ flow, topic: `t${index}` }));
  await Promise.all(streams.map((stream) => one.streams.ensureGroup(stream, "flow/node", "new")));
  const reading = streams.map((stream) =>
    one.streams.read(reader(stream), { count: 1, waitMs: 25_000, signal: stop.signal }),
  );
  await two.streams.publish({ flow, topic: "t99" }, { id: "p", sequence: 0 }, [bytes("a")]);
  expect(bodies((await reading[99]) ?? [])).toEqual(["a"]);
  const clients = await server.command("CLIENT", "LIST");
  expect(clients.split("\n").filter((line) => line.includes("name=millrace:")).length).toBeLessThanOrEqual(6);
  stop.abort();
  expect((await Promise.all(reading.slice(0, 99))).flat()).toEqual([]);
});
