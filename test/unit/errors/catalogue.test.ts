// The error catalogue: codes that are unique and well-formed, sentences that end, and docs that keep step.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { defineError, didYouMean, errorText, MillraceError } from "../../../engine/base/errors/index.ts";
import { catalogueEntries, errorDocs, sentenceOf } from "../../support/error-docs.ts";

const root = join(import.meta.dirname, "../../..");
const entries = catalogueEntries();

describe("the catalogue", () => {
  it("gives every error a code of its own", () => {
    const codes = entries.map((entry) => entry.spec.code);
    expect(codes).toEqual([...new Set(codes)]);
  });

  it("holds every area's file", () => {
    const index = readFileSync(join(root, "engine/base/errors/index.ts"), "utf8");
    const files = globSync("engine/base/errors/*.ts", { cwd: root }).map((file) => basename(file));
    const missing = files.filter((file) => file !== "index.ts" && !index.includes(`"./${file}"`));
    expect(missing).toEqual([]);
  });

  it.each(entries.map((entry) => [entry.spec.code, entry] as const))(
    "says %s in whole sentences",
    (code, entry) => {
      expect(code).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(sentenceOf(entry)).toMatch(/^[^\p{Ll}][\s\S]*[.?›]$/u); // a slot at the end holds a sentence
      expect(entry.spec.explain).toMatch(/^[^\p{Ll}][\s\S]*[.?]$/u);
    },
  );

  it("is what docs/errors.md says (write it anew with: npm run docs:errors)", () => {
    expect(readFileSync(join(root, "docs/errors.md"), "utf8")).toBe(errorDocs());
  });
});

describe("an entry", () => {
  const tooHot = defineError<{ celsius: number }>({
    code: "test/too-hot",
    status: 422,
    explain: "It is too hot.",
    message: ({ celsius }) => `"${celsius} °C" is too hot. Wait.`,
  });

  it("makes an error with code, status, sentence, place, cause and details", () => {
    const cause = new Error("sun");
    const error = tooHot(
      { celsius: 90 },
      { place: { flow: "main", node: "oven" }, cause, details: { limit: 80 } },
    );
    expect(error).toBeInstanceOf(MillraceError);
    expect(error).toMatchObject({
      name: "MillraceError",
      code: "test/too-hot",
      status: 422,
      message: '"90 °C" is too hot. Wait.',
      place: { flow: "main", node: "oven" },
      cause,
      details: { limit: 80 },
    });
  });

  it("makes a problem of a document with its place", () => {
    expect(tooHot.problem({ celsius: 90 }, { path: "/nodes/oven", node: "oven", line: 3 })).toEqual({
      severity: "error",
      code: "test/too-hot",
      message: '"90 °C" is too hot. Wait.',
      path: "/nodes/oven",
      node: "oven",
      line: 3,
    });
  });

  it("is a warning and a 500 where it says so, or nothing", () => {
    const odd = defineError<null>({
      code: "test/odd",
      severity: "warning",
      explain: "Odd.",
      message: () => "Odd.",
    });
    expect([odd(null).status, odd.problem(null, { path: "" }).severity]).toEqual([500, "warning"]);
  });
});

it("suggestions are asked as a question, or left out", () => {
  expect([didYouMean("delay"), didYouMean(undefined)]).toEqual([' Did you mean "delay"?', ""]);
});

it("anything thrown has a text", () => {
  expect([errorText(new Error("no")), errorText("plain"), errorText(undefined)]).toEqual([
    "no",
    "plain",
    "undefined",
  ]);
});
