// The envelope is LiteBoty's: its test vectors are read, and written byte for byte.
import { describe, expect, it } from "vitest";
import { decodeEnvelope, encodeEnvelope } from "../../../engine/codec/index.ts";
import { PayloadType, writeWire } from "../../../engine/codec/wire.ts";

const JSON_VECTOR = "0801120c0880d095ffbc311203312e301a087b2261223a20317d";
const BINARY_VECTOR = "0803121c0880d095ffbc311203322e301a0e0a0776657273696f6e1203322e301a030001ff";
const TIME = 1_700_000_000_000;
const unnamed = { id: undefined, source: undefined, correlationId: undefined, time: TIME };

describe("LiteBoty's messages", () => {
  it("are read: JSON", () => {
    expect(decodeEnvelope(Buffer.from(JSON_VECTOR, "hex"))).toEqual({
      ...unnamed,
      attributes: {},
      payload: { a: 1 },
    });
  });

  it("are read: BINARY with its version, which travels as an attribute", () => {
    expect(decodeEnvelope(Buffer.from(BINARY_VECTOR, "hex"))).toEqual({
      ...unnamed,
      attributes: { version: "2.0" },
      payload: Buffer.of(0, 1, 255),
    });
  });

  it("are written: JSON, from the text that Python writes", () => {
    const bytes = writeWire({
      type: PayloadType.JSON,
      timestamp: TIME,
      version: "1.0",
      attributes: {},
      data: '{"a": 1}',
      id: "",
      source: "",
      correlationId: "",
      schema: "",
    });
    expect(Buffer.from(bytes).toString("hex")).toBe(JSON_VECTOR);
  });

  it("are written: BINARY with an attribute version, which becomes the version too", () => {
    const bytes = encodeEnvelope({
      time: TIME,
      attributes: { version: "2.0" },
      payload: Uint8Array.of(0, 1, 255),
    });
    expect(Buffer.from(bytes).toString("hex")).toBe(BINARY_VECTOR);
  });

  it("keep a version that only its own field says", () => {
    const bytes = Buffer.from("08011205120333" + "2e30" + "1a0131", "hex");
    expect(decodeEnvelope(bytes).attributes).toEqual({ version: "3.0" });
  });

  it("may be pictures: they arrive as bytes and an attribute, and leave as pictures", () => {
    const picture = Buffer.from("0802" + "120c0880d095ffbc311203312e30" + "1a03ffd8ff", "hex");
    const message = decodeEnvelope(picture);
    expect(message).toEqual({
      ...unnamed,
      attributes: { "payload-type": "image" },
      payload: Buffer.of(0xff, 0xd8, 0xff),
    });
    expect(
      Buffer.from(encodeEnvelope({ time: TIME, attributes: message.attributes, payload: message.payload })),
    ).toEqual(picture);
  });

  it("keep the picture attribute when the payload is no picture any more", () => {
    const attributes = { "payload-type": "image" };
    const bytes = encodeEnvelope({ time: TIME, attributes, payload: { width: 3 } });
    expect(decodeEnvelope(bytes)).toEqual({ ...unnamed, attributes, payload: { width: 3 } });
  });

  it("may be NumPy arrays: they arrive as shape, dtype and data, and leave as they came", () => {
    const header = '{"shape": [2, 1], "dtype": "float32"}';
    const floats = Buffer.from(Float32Array.of(1.5, -2).buffer);
    const data = Buffer.concat([Buffer.from(header), floats]);
    const head = Buffer.from("0804" + "120c0880d095ffbc311203312e30" + "1a", "hex");
    const vector = Buffer.concat([head, Buffer.of(data.length), data]);
    const message = decodeEnvelope(vector);
    expect(message.payload).toEqual({ shape: [2, 1], dtype: "float32", data: floats });
    expect(Buffer.from(encodeEnvelope({ time: TIME, attributes: {}, payload: message.payload }))).toEqual(
      vector,
    );
  });

  it("with attributes called like fields of the metadata lose nothing", () => {
    const attributes = { timestamp: "12", version: "x", __proto__x: "y", constructor: "z" };
    const bytes = encodeEnvelope({ time: TIME, attributes, payload: 1 });
    expect(decodeEnvelope(bytes)).toEqual({ ...unnamed, attributes, payload: 1 });
  });
});
