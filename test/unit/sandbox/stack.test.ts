// Stacks of scripts show the user's lines and nothing of the machinery.
import { describe, expect, it } from "vitest";
import { cleanStack, errorOf } from "../../../engine/sandbox/stack.ts";

describe("cleanStack", () => {
  it("keeps the user's frames, and built-ins between them", () => {
    const stack = [
      "TypeError: x is not a function",
      "    at convert (main.x.ts:2:9)",
      "    at Array.map (<anonymous>)",
      "    at script (main.x.ts:7:3)",
      "    at call (millrace:kernel.ts:120:9)",
      "    at (<isolated-vm boundary>)",
      "    at Hosted.run (file:///engine/sandbox/runner/hosted.ts:1:1)",
    ].join("\n");
    expect(cleanStack(stack, "TypeError: x is not a function")).toBe(
      [
        "TypeError: x is not a function",
        "    at convert (main.x.ts:2:9)",
        "    at Array.map (<anonymous>)",
        "    at main.x.ts:7:3",
      ].join("\n"),
    );
  });

  it("drops built-ins that only our code called", () => {
    const stack = "RangeError: x\n    at JSON.stringify (<anonymous>)\n    at carry (millrace:outbox.ts:1:1)";
    expect(cleanStack(stack, "RangeError: x")).toBe("RangeError: x");
  });
});

describe("errorOf", () => {
  it("keeps name, sentence and code of what was thrown", () => {
    const error = errorOf({
      name: "TypeError",
      message: "bad",
      stack: "TypeError: bad\n    at a.ts:1:2",
      code: "my/code",
    });
    expect({
      name: error.name,
      message: error.message,
      stack: error.stack,
      code: (error as { code?: string }).code,
    }).toEqual({
      name: "TypeError",
      message: "bad",
      stack: "TypeError: bad\n    at a.ts:1:2",
      code: "my/code",
    });
  });
});
