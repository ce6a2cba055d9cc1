// The hand-written wire code against protobufjs' own reading of proto/message.proto.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { type EnvelopeToWrite, PayloadType, readWire, writeWire } from "../../../engine/codec/wire.ts";

const text = readFileSync(fileURLToPath(import.meta.resolve("@millrace/proto/message.proto")), "utf8");
const { root } = protobuf.parse(text, new protobuf.Root());
const Message = root.lookupType("millrace.Message");

const word = fc.string({ unit: "binary", maxLength: 60 });
const envelope: fc.Arbitrary<EnvelopeToWrite> = fc.record({
  type: fc.integer({ min: 0, max: 200 }),
  timestamp: fc.oneof(fc.maxSafeInteger(), fc.constant(0), fc.constant(1_700_000_000_000)),
  version: word,
  attributes: fc.dictionary(
    word.filter((name) => name !== "__proto__"),
    word,
    { maxKeys: 4 },
  ),
  data: fc.oneof(fc.uint8Array({ maxLength: 300 }), word),
  id: fc.oneof(fc.uuid(), fc.constant("")),
  source: word,
  correlationId: fc.oneof(fc.uuid(), fc.constant("")),
  schema: word,
});

const reflected = (message: EnvelopeToWrite) =>
  Message.encode(
    Message.fromObject({
      type: message.type,
      metadata: { timestamp: message.timestamp, version: message.version, attributes: message.attributes },
      data: Buffer.from(message.data as string),
      id: message.id,
      source: message.source,
      correlationId: message.correlationId,
      schema: message.schema,
    }),
  ).finish();

const facts = ({ dataStart, dataEnd, ...fields }: ReturnType<typeof readWire>, bytes: Buffer) => ({
  ...fields,
  data: bytes.subarray(dataStart, dataEnd),
});

describe("the wire code", () => {
  it("writes what protobufjs reads", () => {
    fc.assert(
      fc.property(envelope, (message) => {
        const { metadata, ...fields } = Message.toObject(Message.decode(writeWire(message)), {
          longs: Number,
          defaults: true,
        });
        expect({ ...fields, ...metadata, data: Buffer.from(fields.data) }).toEqual({
          ...message,
          data: Buffer.from(message.data as string),
        });
      }),
    );
  });

  it("reads what protobufjs writes", () => {
    fc.assert(
      fc.property(envelope, (message) => {
        const bytes = Buffer.from(reflected(message));
        expect(facts(readWire(bytes), bytes)).toEqual({
          ...message,
          data: Buffer.from(message.data as string),
        });
      }),
    );
  });

  it("names the payload types as the schema does", () => {
    expect(root.lookupEnum("millrace.Message.Type").values).toEqual(PayloadType);
  });

  it("skips fields of newer versions, wherever they stand", () => {
    const newer = protobuf.parse(
      text
        .replace(
          "string schema = 7;",
          "string schema = 7; string priority = 8; Metadata more = 100; double x = 9;",
        )
        .replace("attributes = 3;", "attributes = 3; fixed32 hops = 4; repeated string tags = 5;"),
      new protobuf.Root(),
    );
    const type = newer.root.lookupType("millrace.Message");
    const metadata = { timestamp: 5, version: "1.0", attributes: { a: "b" }, hops: 7, tags: ["x", "y"] };
    const bytes = Buffer.from(
      type
        .encode(
          type.fromObject({
            type: 1,
            metadata,
            data: Buffer.from("1"),
            priority: "high",
            more: metadata,
            x: 1,
          }),
        )
        .finish(),
    );
    expect(facts(readWire(bytes), bytes)).toEqual({
      type: 1,
      timestamp: 5,
      version: "1.0",
      attributes: { a: "b" },
      data: Buffer.from("1"),
      id: "",
      source: "",
      correlationId: "",
      schema: "",
    });
  });

  it("writes text with half a surrogate pair as valid UTF-8", () => {
    const bytes = writeWire({ ...readWire(Buffer.alloc(0)), attributes: { "k\ud800": "\udfff" }, data: "" });
    expect(readWire(Buffer.from(bytes)).attributes).toEqual({ "k\ufffd": "\ufffd" });
  });
});
