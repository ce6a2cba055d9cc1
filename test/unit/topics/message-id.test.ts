import fc from "fast-check";
import { expect, test } from "vitest";
import { derivedWords, formatId, randomWords, wordsOfText } from "../../../engine/topics/message-id.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const words = fc.record({ ms: fc.integer({ min: 0, max: 2 ** 48 - 1 }), a: word, b: word, c: word });

test("every id is a UUIDv7 that carries its time", () => {
  fc.assert(
    fc.property(words, (parts) => {
      const id = formatId(parts);
      expect(id).toMatch(UUID_V7);
      expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(parts.ms);
    }),
  );
});

test("ids of messages that start something are all different", () => {
  const ids = new Set(Array.from({ length: 20_000 }, () => formatId(randomWords(1_700_000_000_000))));
  expect(ids.size).toBe(20_000);
});

test("the same parent, emitter and count give the same id; any other gives another", () => {
  fc.assert(
    fc.property(words, word, fc.nat(1000), (parent, seed, count) => {
      const id = formatId(derivedWords(parent, seed, count));
      expect(formatId(derivedWords(parent, seed, count))).toBe(id);
      expect(formatId(derivedWords(parent, seed, count + 1))).not.toBe(id);
      expect(formatId(derivedWords(parent, seed ^ 1, count))).not.toBe(id);
    }),
  );
});

test("many children of one parent collide with none of their siblings or children", () => {
  const parent = wordsOfText("an id of a foreign program", 1_700_000_000_000);
  const ids = new Set<string>();
  for (let count = 0; count < 300; count++) {
    const child = derivedWords(parent, 7, count);
    ids.add(formatId(child));
    for (let inner = 0; inner < 100; inner++) ids.add(formatId(derivedWords(child, 7, inner)));
  }
  expect(ids.size).toBe(300 * 101);
});
