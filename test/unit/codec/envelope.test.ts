// The envelope's own promises, beyond the payload (test/contracts/codec): what it keeps, and what it refuses.
import { describe, expect, it } from "vitest";
import { decodeEnvelope, encodeEnvelope, foreignMessage } from "../../../engine/codec/index.ts";

const message = {
  id: "018bcfe5-6800-7000-8000-000000000001",
  time: 1_700_000_000_000,
  source: "main/convert",
  correlationId: "018bcfe5-6800-7000-8000-000000000000",
  attributes: { user: "Zoë", empty: "", __proto: "x" },
  payload: { celsius: 31, label: "26 °C \u{1f321}" },
};

const refusal = (bytes: Uint8Array) => {
  try {
    decodeEnvelope(bytes);
  } catch (error) {
    return error;
  }
};

describe("the envelope", () => {
  it("keeps id, time, source, correlation, attributes and payload", () => {
    expect(decodeEnvelope(encodeEnvelope(message))).toEqual(message);
  });

  it("leaves topic and attempt to where the message stands", () => {
    const delivered = { ...message, topic: "readings", attempt: 4 };
    expect(encodeEnvelope(delivered)).toEqual(encodeEnvelope(message));
  });

  it("says nothing of what foreign bytes do not say", () => {
    expect(decodeEnvelope(Buffer.from("08011a0131", "hex"))).toEqual({
      id: undefined,
      time: undefined,
      source: undefined,
      correlationId: undefined,
      attributes: {},
      payload: 1,
    });
    expect(foreignMessage({ temperature: "21" }).payload).toEqual({ temperature: "21" });
  });

  it("reads a Uint8Array as it reads a Buffer", () => {
    expect(decodeEnvelope(new Uint8Array(encodeEnvelope(message)))).toEqual(message);
  });

  it("refuses bytes of another kind, shows them, and names the way out", () => {
    expect(refusal(Buffer.from('{"celsius": 21}'))).toMatchObject({
      code: "codec/not-an-envelope",
      message: expect.stringMatching(
        /^"\{"celsius": 21\}" is not a Millrace message .* set its format to json, text or binary\.$/,
      ),
    });
    expect(refusal(Buffer.from("ff00ff00", "hex"))).toMatchObject({
      code: "codec/not-an-envelope",
      message: expect.stringContaining('"ff00ff00"'),
    });
    expect(refusal(Buffer.alloc(0))).toMatchObject({ code: "codec/not-an-envelope" });
  });

  it("refuses payload types it does not know, and UNKNOWN", () => {
    expect(refusal(Buffer.from("08631a0131", "hex"))).toMatchObject({
      code: "codec/unknown-type",
      message: expect.stringContaining('"99"'),
    });
    expect(refusal(Buffer.from("1a0131", "hex"))).toMatchObject({ code: "codec/unknown-type" });
  });

  it("refuses a payload that is not what its type says, and shows it", () => {
    expect(refusal(Buffer.from("08011a027b7d".replace("7b7d", "7b78"), "hex"))).toMatchObject({
      code: "codec/unreadable-payload",
      message: expect.stringContaining('"{x" is not a JSON payload'),
    });
    expect(refusal(Buffer.from("08041a027b7d", "hex"))).toMatchObject({ code: "codec/unreadable-payload" });
  });

  it("refuses a protobuf payload that its topic does not declare", () => {
    expect(refusal(Buffer.from("08053a09612e70726f746f2341", "hex"))).toMatchObject({
      code: "codec/proto-needed",
      message: expect.stringContaining('"a.proto#A"'),
    });
  });
});
