// Group commit: one transaction for what is asked in one turn; a step that fails fails alone.
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { Writer } from "../../../engine/backend/embedded/writer.ts";

function given() {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
  const insert = database.prepare("INSERT INTO numbers VALUES (?)");
  const heard: (string | undefined)[] = [];
  let undone = 0;
  const writer = new Writer({
    database,
    file: "test.db",
    undone: () => undone++,
    outcome: (failure) => heard.push(failure),
  });
  const numbers = () =>
    database
      .prepare("SELECT number FROM numbers ORDER BY number")
      .all()
      .map((row) => row.number);
  return { writer, heard, numbers, insert: (number: number) => insert.run(number), undone: () => undone };
}

test("writes what is asked in one turn in one transaction, and tells afterwards", async () => {
  const { writer, heard, numbers, insert } = given();
  const told: string[] = [];
  const answers = [1, 2, 3].map((number) =>
    writer.transact((after) => {
      after(() => told.push(`${number} with ${numbers().length}`));
      insert(number);
      return number * 10;
    }),
  );
  expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  expect([heard, told]).toEqual([[undefined], ["1 with 3", "2 with 3", "3 with 3"]]);
});

test("a step that fails takes nothing with it, and leaves nothing behind", async () => {
  const { writer, heard, numbers, insert, undone } = given();
  const answers = await Promise.allSettled([
    writer.transact(() => insert(1)),
    writer.transact(() => {
      insert(2);
      insert(1);
    }),
    writer.transact(() => insert(3)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(answers[1]).toEqual(
    expect.objectContaining({ reason: expect.objectContaining({ code: "backend/storage-failed" }) }),
  );
  expect(numbers()).toEqual([1, 3]);
  expect(undone()).toBe(2);
  expect(heard.at(-1)).toBe(undefined);
});

test("writes what was asked before it closes, and refuses what comes later", async () => {
  const { writer, numbers, insert } = given();
  const before = writer.transact(() => insert(1));
  writer.close();
  await before;
  expect(numbers()).toEqual([1]);
  await expect(writer.transact(() => insert(2))).rejects.toEqual(
    expect.objectContaining({ code: "backend/closed" }),
  );
});

test("waits for the disk in the transactions that ask for it, and in no others", async () => {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA synchronous = NORMAL");
  const writer = new Writer({ database, file: "test.db", undone: () => undefined, outcome: () => undefined });
  const level = () => database.prepare("PRAGMA synchronous").get()?.synchronous;
  const [normal, full] = [1, 2];
  expect(await writer.transact(level)).toBe(normal);
  expect(await writer.transact(level, { synced: true })).toBe(full);
  expect(await Promise.all([writer.transact(level), writer.transact(level, { synced: true })])).toEqual([
    full,
    full,
  ]);
  expect(await writer.transact(level)).toBe(normal);
});
