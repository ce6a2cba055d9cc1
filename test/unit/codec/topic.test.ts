// The codec of a topic, by format: what foreign programs see, and what is refused.
import { describe, expect, it } from "vitest";
import { topicCodec } from "../../../engine/codec/index.ts";

const message = (payload: unknown) => ({
  id: "018bcfe5-6800-7000-8000-000000000001",
  time: 1_700_000_000_000,
  source: "main/a",
  correlationId: "018bcfe5-6800-7000-8000-000000000001",
  attributes: { user: "x" },
  payload,
});
const bare = (payload: unknown) => ({
  id: undefined,
  time: undefined,
  source: undefined,
  correlationId: undefined,
  attributes: {},
  payload,
});
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("a topic of format millrace", () => {
  it("carries the whole message", () => {
    const codec = topicCodec({ format: "millrace" });
    expect(codec.decode(codec.encode(message({ when: new Date(5) })))).toEqual(
      message({ when: new Date(5) }),
    );
  });
});

describe("a topic of format json", () => {
  const codec = topicCodec({ format: "json" });

  it("carries the bare payload, by JSON's own rules", () => {
    expect(text(codec.encode(message({ when: new Date(0), gone: undefined })))).toBe(
      '{"when":"1970-01-01T00:00:00.000Z"}',
    );
    expect(codec.decode(Buffer.from(' {"a": [1]} '))).toEqual(bare({ a: [1] }));
  });

  it("refuses what JSON has no word for", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => codec.encode(message({ n: 1n }))).toThrow('A topic of format "json" cannot carry a BigInt.');
    expect(() => codec.encode(message(undefined))).toThrow("cannot carry a payload that is undefined.");
    expect(() => codec.encode(message(loop))).toThrow('"payload[0]" contains itself');
  });

  it("refuses bytes that are no JSON, and shows them", () => {
    expect(() => codec.decode(Buffer.from("temperature=21"))).toThrow(
      '"temperature=21" is not a json payload',
    );
  });
});

describe("a topic of format text", () => {
  const codec = topicCodec({ format: "text" });

  it("carries text as it is and anything else as its JSON", () => {
    expect(text(codec.encode(message("Grüße")))).toBe("Grüße");
    expect(text(codec.encode(message({ a: 1 })))).toBe('{"a":1}');
    expect(codec.decode(Buffer.from("\ufeffGrüße"))).toEqual(bare("\ufeffGrüße"));
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => codec.decode(Buffer.of(0xff, 0xfe))).toThrow('"fffe" is not a text payload');
  });
});

describe("a topic of format binary", () => {
  const codec = topicCodec({ format: "binary" });

  it("carries bytes as they are, text as UTF-8", () => {
    expect(Buffer.from(codec.encode(message(Buffer.of(0, 255))))).toEqual(Buffer.of(0, 255));
    expect(Buffer.from(codec.encode(message(Uint16Array.of(1, 2))))).toEqual(Buffer.of(1, 0, 2, 0));
    expect(text(codec.encode(message("é")))).toBe("é");
    expect(codec.decode(Buffer.of(7))).toEqual(bare(Buffer.of(7)));
  });

  it("refuses objects and says what to do", () => {
    expect(() => codec.encode(message({ a: 1 }))).toThrow(
      'A topic of format "binary" cannot carry a payload that is of type object. Send bytes or text instead, or set the topic\'s format to json.',
    );
  });
});

it.each(["json", "text", "binary"] as const)("a topic of format %s refuses more than 1 MB", (format) => {
  expect(() => topicCodec({ format }).encode(message("x".repeat(1_100_000)))).toThrow(
    expect.objectContaining({ code: "codec/too-large" }),
  );
});
