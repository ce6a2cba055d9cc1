// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how flows name variables
// What holds for every document, sound or not: nothing throws, everything ends, and what is told has a place.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  contentHash,
  diffPlans,
  type FlowBundle,
  findMismatch,
  isFlowName,
  type JsonSchema,
  parseJson,
  pointerSteps,
  readFlow,
  valueAt,
  writeFlow,
} from "../../../engine/flow/index.ts";
import { bundleOf, definitions, files, planOf, problemsOf, sound } from "./fixture.ts";

const words = fc.constantFrom(
  ...[
    "topics",
    "types",
    "nodes",
    "config",
    "inputs",
    "outputs",
    "in",
    "out",
    "tick",
    "error",
    "type",
    "schema",
  ],
  ...[
    "delivery",
    "stream",
    "memory",
    "retry",
    "backoff",
    "1s..5s",
    "code",
    "$file",
    "$secret",
    "main.alarm.ts",
    "../x",
  ],
  ...[
    "readings",
    "fahrenheit",
    "/alert",
    "readings.dead",
    "timer",
    "script",
    "to-fahrenheit",
    "${HOME}",
    "$ref",
    "#",
  ],
  ...[
    "properties",
    "anyOf",
    "required",
    "constructor",
    "__proto__",
    "~",
    "a/b",
    "$id",
    "pattern",
    "(a+)+$",
    "$schema",
  ],
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    words,
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e300, ""),
    fc.string({ maxLength: 5 }),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(words, fc.string({ maxLength: 4 })), tie("json"), { maxKeys: 5 }),
  ),
}));

/** The sound flow, or one of the same shape, with some of its parts replaced, renamed or removed. */
const mutated = fc
  .array(
    fc.record({
      at: fc.nat(),
      how: fc.constantFrom("replace", "remove", "rename", "add"),
      word: words,
      value: json,
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((changes) => {
    let flow: unknown = structuredClone(sound);
    for (const change of changes) {
      const places = placesIn(flow);
      const steps = places[change.at % places.length] ?? [];
      flow = changed(flow, steps, change);
    }
    return flow;
  });

function placesIn(value: unknown, steps: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [steps];
  return [steps, ...Object.entries(value).flatMap(([key, child]) => placesIn(child, [...steps, key]))];
}

function changed(
  value: unknown,
  steps: string[],
  change: { how: string; word: string; value: unknown },
): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || value === null || typeof value !== "object") {
    const isPlain = value !== null && typeof value === "object" && !Array.isArray(value);
    return change.how === "add" && isPlain ? withKey(value, change.word, change.value) : change.value;
  }
  if (Array.isArray(value))
    return value.map((child, index) => (String(index) === step ? changed(child, rest, change) : child));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      if (key !== step) return [[key, child]];
      if (rest.length > 0 || change.how === "replace" || change.how === "add")
        return [[key, changed(child, rest, change)]];
      return change.how === "rename" ? [[change.word, child]] : [];
    }),
  );
}

function withKey(value: object, key: string, entry: unknown): object {
  return Object.fromEntries([...Object.entries(value), [key, entry]]);
}

const documents = fc.oneof({ weight: 1, arbitrary: json }, { weight: 3, arbitrary: mutated });

/** Whether the place, or at least what it would be in, exists. */
function isPlace(document: unknown, path: string): boolean {
  const parent = pointerSteps(path).slice(0, -1);
  return path === "" || valueAt(document, parent) !== undefined;
}

describe("any document", { timeout: 30_000 }, () => {
  it("can be validated, and every problem has a code, a sentence and a place", () => {
    fc.assert(
      fc.property(documents, (flow) => {
        const before = JSON.stringify(flow);
        for (const { code, message, path } of problemsOf(flow, files)) {
          expect(code).toMatch(/^flow\/[a-z-]+$/);
          expect(message).toMatch(/^\S.*[.?!]$/s);
          expect(message).not.toMatch(/must NOT|undefined|\[object/);
          if (!isPlace(flow, path)) throw new Error(`${code} has no place at ${path}: ${message}`);
        }
        expect(JSON.stringify(flow)).toBe(before);
      }),
      { numRuns: 250 },
    );
  });

  it("can be planned, and its plan does not differ from itself", () => {
    fc.assert(
      fc.property(documents, (flow) => {
        const before = JSON.stringify(flow);
        const plan = planOf(flow, files);
        expect(diffPlans(plan, planOf(flow, files))).toEqual({
          start: [],
          stop: [],
          keep: [...plan.nodes.keys()],
          topics: { added: [], removed: [], changed: [] },
        });
        for (const node of plan.nodes.values()) {
          const named = [
            ...[...node.inputs.values()].flat().map(({ topic }) => topic),
            ...[...node.outputs.values()].flat(),
          ];
          expect(named.filter((topic) => !plan.topics.has(topic))).toEqual([]);
        }
        expect(JSON.stringify(flow)).toBe(before);
      }),
      { numRuns: 200 },
    );
  });

  it("that has no errors gives each node what its type asks for", () => {
    fc.assert(
      fc.property(mutated, (flow) => {
        if (problemsOf(flow, files).some((problem) => problem.severity === "error")) return;
        for (const node of planOf(flow, files).nodes.values()) expect(node.definition).toBeDefined();
      }),
      { numRuns: 200 },
    );
  });
});

describe("any two schemas", { timeout: 30_000 }, () => {
  it("can be compared, and each agrees with itself when a value of it can be", () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        findMismatch(from as JsonSchema, to as JsonSchema);
      }),
      { numRuns: 200 },
    );
    const ports = definitions.flatMap(({ inputs, outputs }) => [
      ...Object.values(inputs),
      ...Object.values(outputs),
    ]);
    expect(ports.filter((schema) => findMismatch(schema as JsonSchema, schema as JsonSchema))).toEqual([]);
  });
});

describe("any text", { timeout: 30_000 }, () => {
  it("is JSON exactly when JavaScript says so, or tells what is wrong with a line", () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "{", "[", ":", "//", "\\"))
        .map(([text, at, mark]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + mark + text.slice(place + 1);
        }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { value, problems } = parseJson(text);
        if (value === undefined)
          expect(problems).toMatchObject([{ code: "flow/json", line: expect.any(Number) }]);
        else expect(value).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("any flow that can be written", { timeout: 30_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flow-property-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reads as it was written, and has the same hash", async () => {
    const objects = mutated.filter(
      (flow) => flow !== null && typeof flow === "object" && !Array.isArray(flow),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(objects, json, async (flow, note) => {
        const layout = {
          notes: [{ id: "a", text: String(JSON.stringify(note)), x: 0, y: 0, width: 1, height: 1 }],
        };
        const bundle: FlowBundle = { ...bundleOf(flow, files), layout };
        const name = `flow${count++}`;
        expect(isFlowName(name)).toBe(true);
        const file = join(folder, name, "main.json");
        if (problemsOf(flow, files).some((problem) => problem.code === "flow/file-outside")) return;
        await writeFlow(file, bundle);
        const read = await readFlow(file);
        expect(JSON.stringify(read.bundle.flow)).toBe(
          read.text === "" ? "" : JSON.stringify(JSON.parse(read.text)),
        );
        expect(read.bundle.flow).toEqual(JSON.parse(JSON.stringify(flow)));
        expect(read.bundle.layout).toEqual(layout);
        expect(contentHash(read.bundle)).toBe(contentHash(bundle));
        expect(await writeFlow(file, read.bundle)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
