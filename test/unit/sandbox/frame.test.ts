// Frames come out as they went in, however the pipe cuts them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader } from "../../../engine/sandbox/frame.ts";

/** All of Unicode, lone surrogates included. */
const anyText = fc.array(fc.nat(0x10ffff)).map((codes) => String.fromCodePoint(...codes));
const frames = fc.array(
  fc.record({
    type: fc.nat(255),
    script: fc.nat(0xffff_ffff),
    run: fc.nat(0xffff_ffff),
    body: fc.oneof(anyText, fc.uint8Array()),
  }),
);

describe("FrameReader", () => {
  it("puts frames together from chunks of any size", () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 40 }), (sent, size) => {
        const bytes = Buffer.concat(
          sent.map(({ type, script, run, body }) => encodeFrame(type, script, run, body)),
        );
        const reader = new FrameReader();
        const got: unknown[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          for (const frame of reader.read(bytes.subarray(at, at + size))) {
            got.push({ ...frame, body: frame.body.toString("hex") });
          }
        }
        expect(got).toEqual(
          sent.map((frame) => ({ ...frame, body: Buffer.from(frame.body).toString("hex") })),
        );
      }),
    );
  });

  it("refuses a length that makes no sense", () => {
    const reader = new FrameReader();
    expect(() => [...reader.read(Buffer.from([255, 255, 255, 255, 0]))]).toThrow("makes no sense");
  });
});
