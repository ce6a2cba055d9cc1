// The embedded backend on a disk: one engine a folder, and everything is there again after a restart or a crash.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEmbedded } from "../../../engine/backend/embedded/embedded.ts";
import { all, bodies, bytes, listeningLogger, pendingOf, reader, readNow, settle, text } from "./given.ts";

const { logger } = listeningLogger();
const stream = { flow: "main", topic: "orders" };
const refusal = (code: string) => expect.objectContaining({ code: `backend/${code}` });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openEmbedded({ folder, logger });

/** An engine in a process of its own, which does what `body` says with its `backend` and then waits for its end. */
async function otherProcess(body: string) {
  const source = `
    import { openEmbedded } from ${JSON.stringify(join(import.meta.dirname, "../../../engine/backend/embedded/embedded.ts"))};
    import { createLogger } from ${JSON.stringify(join(import.meta.dirname, "../../../engine/base/logger.ts"))};
    const logger = createLogger({ level: "silent", json: true, write: () => undefined });
    const backend = await openEmbedded({ folder: ${JSON.stringify(folder)}, logger });
    const { streams } = backend;
    const stream = { flow: "main", topic: "orders" };
    ${body}
    console.log("done");
    setInterval(() => undefined, 1000);`;
  const args = ["--conditions=millrace-source", "--input-type=module", "--eval", source];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return {
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

test("a folder serves one engine, whether the other one is in this process or in another", async () => {
  const first = await open();
  const error = await open().catch((each) => each);
  expect(error).toEqual(refusal("folder-in-use"));
  expect(error.message).toContain(folder);
  await first[Symbol.asyncDispose]();
  const other = await otherProcess("");
  await expect(open()).rejects.toEqual(refusal("folder-in-use"));
  await other.kill();
  const again = await open();
  await again[Symbol.asyncDispose]();
});

test("everything is there after a restart: entries, groups, what was handed out, state, revisions, producers", async () => {
  const draft = { time: 1, author: "Ada", note: "", content: "hash", bundle: "{}" };
  const before = await open();
  await before.streams.ensureGroup(stream, "flow/node", "new");
  const producer = { id: "p", sequence: 0 };
  const { ids } = await before.streams.publish(stream, producer, ["a", "b", "c", "d", "e"].map(bytes));
  const old = reader(stream, "e:1");
  await readNow(before, old, 4);
  await before.streams.commit([settle(old, ids[0] ?? ""), settle(old, ids[2] ?? "")]);
  await before.state.set("global", "k", bytes("v"));
  await before.revisions.append("main", 0, draft);
  await before[Symbol.asyncDispose]();

  await using after = await open();
  expect(await all(after, stream)).toEqual(["a", "b", "c", "d", "e"]);
  expect((await after.streams.info(stream)).groups).toEqual([
    { group: "flow/node", lag: 1, pending: 2, consumers: 1 },
  ]);
  const now = reader(stream, "e:2");
  expect(await after.streams.claim(now, "e:", 9)).toHaveLength(2);
  const held = await pendingOf(after, now);
  expect(held.map(({ id, deliveries }) => [id, deliveries])).toEqual([
    [ids[1], 2],
    [ids[3], 2],
  ]);
  expect(bodies(await readNow(after, now))).toEqual(["e"]);
  expect((await after.streams.publish(stream, producer, [bytes("a")])).ids).toEqual([undefined]);
  expect(text(await after.state.get("global", "k"))).toBe("v");
  expect(await after.revisions.newest("main")).toEqual({ revision: 1, ...draft });
});

test("what was acknowledged is there after the process was killed, and what was not settled is handed out again", async () => {
  const other = await otherProcess(`
    await streams.ensureGroup(stream, "flow/node", "new");
    const bodies = Array.from({ length: 100 }, (_, number) => Buffer.from(String(number)));
    await streams.publish(stream, { id: "p", sequence: 0 }, bodies);
    const subscription = { stream, group: "flow/node", consumer: "e:1" };
    const entries = await streams.read(subscription, { count: 50, waitMs: 0, signal: new AbortController().signal });
    await streams.commit(entries.slice(0, 10).map(({ id, body }) => ({
      inputs: [{ subscription, id }],
      effects: [{ kind: "append", stream: { flow: "main", topic: "output" }, body }],
    })));`);
  await other.kill();
  await using backend = await open();
  const now = reader(stream, "e:2");
  expect(await all(backend, { flow: "main", topic: "output" })).toEqual(
    Array.from({ length: 10 }, (_, n) => String(n)),
  );
  expect(await backend.streams.claim(now, "e:", 99)).toHaveLength(40);
  const left = [...(await pendingOf(backend, now)), ...(await readNow(backend, now))];
  expect(bodies(left)).toEqual(Array.from({ length: 90 }, (_, n) => String(n + 10)));
});

test("a file that is no database, and one of a newer Millrace, are refused with a sentence", async () => {
  writeFileSync(
    join(folder, "millrace.db"),
    "this is no database at all, but it is long enough to look at ".repeat(20),
  );
  await expect(open()).rejects.toEqual(refusal("storage-damaged"));
  rmSync(join(folder, "millrace.db"));
  const newer = new DatabaseSync(join(folder, "millrace.db"));
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  await expect(open()).rejects.toEqual(refusal("storage-newer"));
});

test("a folder that cannot be made is refused with a sentence", async () => {
  writeFileSync(join(folder, "file"), "");
  const inFile = openEmbedded({ folder: join(folder, "file", "data"), logger });
  await expect(inFile).rejects.toEqual(refusal("folder-unusable"));
});
