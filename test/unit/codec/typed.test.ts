// Topics whose payloads are of a protobuf type.
import { describe, expect, it } from "vitest";
import { topicCodec } from "../../../engine/codec/index.ts";

const text = `
  syntax = "proto3";
  package plant;
  import "google/protobuf/timestamp.proto";
  message Reading {
    enum Quality { UNKNOWN = 0; GOOD = 1; }
    double celsius = 1; int64 serial = 2; Quality quality = 3; bytes raw = 4;
    repeated string tags = 5; map<string, int32> counts = 6; Reading previous = 7;
    google.protobuf.Timestamp taken = 8;
  }`;
const proto = { text, file: "plant.proto", type: "plant.Reading" };
const codec = topicCodec({ format: "millrace", proto });
const send = (payload: unknown) => codec.encode({ time: 1, attributes: {}, payload });

const reading = {
  celsius: 21.5,
  serial: "9007199254740993",
  quality: "GOOD",
  raw: Buffer.of(1, 2),
  tags: ["a", "b"],
  counts: { x: -1 },
  previous: null,
  taken: { seconds: "5", nanos: 1 },
};

describe("a topic with a protobuf type", () => {
  it("carries payloads of the type", () => {
    expect(codec.decode(send(reading)).payload).toEqual(reading);
  });

  it("takes integers of 64 bits as numbers and BigInts too, and enum values by number", () => {
    const payload = codec.decode(send({ serial: 5n, quality: 1, previous: { serial: 7 } })).payload;
    expect(payload).toMatchObject({ serial: "5", quality: "GOOD", previous: { serial: "7" } });
  });

  it("fills in the defaults of what was not set", () => {
    expect(codec.decode(send({})).payload).toEqual({
      celsius: 0,
      serial: "0",
      quality: "UNKNOWN",
      raw: Buffer.alloc(0),
      tags: [],
      counts: {},
      previous: null,
      taken: null,
    });
  });

  it("reads what a program wrote that calls the file otherwise, or names no schema", () => {
    const other = topicCodec({ format: "millrace", proto: { ...proto, file: "other/plant.proto" } });
    expect(other.decode(send(reading)).payload).toEqual(reading);
  });

  it("also goes bare, on a binary topic", () => {
    const bare = topicCodec({ format: "binary", proto });
    expect(bare.decode(bare.encode({ time: 1, attributes: {}, payload: reading })).payload).toEqual(reading);
    expect(() => bare.decode(Buffer.of(0xff))).toThrow(
      '"ff" is not a protobuf plant.proto#plant.Reading payload',
    );
  });

  it.each([
    [{ celsius: "warm" }, '"payload.celsius" must be a number, not "warm"'],
    [
      { serial: 1.5 },
      '"payload.serial" must be an integer from -9223372036854775808 to 9223372036854775807, not 1.5',
    ],
    [{ counts: { x: 2 ** 31 } }, '"payload.counts.x" must be an integer'],
    [{ quality: "BAD" }, '"payload.quality" must be one of UNKNOWN, GOOD, not "BAD"'],
    [{ tags: "a" }, '"payload.tags" must be an array'],
    [{ previous: { raw: "AQI=" } }, '"payload.previous.raw" must be bytes'],
    [{ kelvin: 1 }, '"payload.kelvin" is no field of Reading'],
    [[], '"payload" must be an object, not an array'],
  ])("refuses %j with its place", (payload, sentence) => {
    expect(() => send(payload)).toThrow(
      expect.objectContaining({ code: "codec/proto-mismatch", message: expect.stringContaining(sentence) }),
    );
  });
});

describe("a protobuf schema", () => {
  it("that does not parse is refused with its line", () => {
    expect(() => topicCodec({ format: "millrace", proto: { ...proto, text: "message {" } })).toThrow(
      /^The protobuf schema "plant.proto" cannot be read: .*line 1/,
    );
  });

  it("without the named type is refused with those it has", () => {
    expect(() => topicCodec({ format: "millrace", proto: { ...proto, type: "plant.Read" } })).toThrow(
      '"plant.proto" defines no message type "plant.Read". It defines: plant.Reading',
    );
  });

  it("that imports other files is refused", () => {
    const importing = { ...proto, text: `import "other.proto"; message A {}`, type: "A" };
    expect(() => topicCodec({ format: "millrace", proto: importing })).toThrow('it imports "other.proto"');
  });
});
