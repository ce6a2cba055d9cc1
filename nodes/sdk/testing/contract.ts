// What every node type should pass, as cases for any test runner: `for (const { name, run } of nodeContract(type))`.
import assert from "node:assert/strict";
import { type AnyNodeDefinition, RESERVED_PORTS } from "../definition.ts";
import type { TSchema } from "../schema.ts";
import { configProblems, isObject, withDefaults } from "./config.ts";
import type { TestNodeOptions } from "./options.ts";
import { testNode } from "./test-node.ts";

export interface ContractCase {
  readonly name: string;
  /** Resolves when the type passes, rejects with what is wrong. */
  readonly run: () => Promise<void>;
}

export interface ContractOptions extends Omit<TestNodeOptions, "config"> {
  /** A config to start it with; default: the example of its docs. */
  readonly config?: unknown;
  /** Configs that must be refused, by schema or at start, with a sentence. */
  readonly refused?: readonly unknown[];
  /** A message that fails, and one after it that does not. */
  readonly failing?: {
    readonly port: string;
    readonly bad: unknown;
    readonly good: unknown;
    readonly config?: unknown;
  };
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function nodeContract(definition: AnyNodeDefinition, options: ContractOptions = {}): ContractCase[] {
  const start = (config: unknown = options.config ?? exampleConfig(definition)) =>
    testNode(definition, { ...options, config });
  const { failing } = options;
  const cases: [string, () => Promise<void>][] = [
    ["is described", async () => checkDescription(definition)],
    ["has ports with good names and schemas", async () => checkPorts(definition)],
    ["has a config schema that a form can be made of", async () => checkConfigSchema(definition)],
    ["shows an example config in its docs that is valid", async () => checkExample(definition)],
    [
      "starts with its example config and stops without leaving anything behind",
      async () => {
        const node = await start();
        await node.clock.advance(0);
        await node.close();
        assert.deepEqual(node.leaks, [], "left behind");
      },
    ],
    [
      "stops twice, and while time passes, without harm",
      async () => {
        const node = await start();
        await node.clock.advance(60_000);
        await Promise.all([node.close(), node.close()]);
        const emitted = node.emitted.length;
        await node.clock.advance(3_600_000);
        assert.equal(node.emitted.length, emitted, "emitted after its end");
      },
    ],
    [
      "stops while it works on a message",
      async () => {
        const [port] = Object.keys(definition.inputs);
        const node = await start(failing?.config);
        const sent = port === undefined ? undefined : node.send(failing?.port ?? port, failing?.good ?? {});
        const settled = sent?.catch(() => undefined);
        await Promise.resolve(); // Its handler has begun, and is not through.
        await node.close();
        await settled;
        assert.deepEqual(node.leaks, [], "left behind");
      },
    ],
    [
      "runs twice at the same time without sharing anything",
      async () => {
        const [first, second] = await Promise.all([start(), start()]);
        await first.close();
        assert.equal((await second.health()).healthy, true);
        await second.close();
      },
    ],
    ["refuses bad configs with a sentence", async () => checkRefusals(options.refused ?? [], start)],
  ];
  if (failing) {
    cases.push([
      "fails a bad message alone, with a sentence",
      async () => {
        await using node = await start(failing.config);
        const [bad, good] = await Promise.allSettled([
          node.send(failing.port, failing.bad),
          node.send(failing.port, failing.good),
        ]);
        assert.equal(bad.status, "rejected", "the bad message did not fail");
        checkSentence(bad.status === "rejected" ? bad.reason : undefined);
        assert.equal(good.status, "fulfilled", "the good message after it failed too");
      },
    ]);
  }
  return cases.map(([name, run]) => ({ name: `${definition.type} ${name}`, run }));
}

/** The first `json` block of a type's docs. */
export function exampleConfig(definition: AnyNodeDefinition): unknown {
  const block = /```json\n([\s\S]*?)```/.exec(definition.docs ?? "")?.[1];
  return block === undefined ? {} : JSON.parse(block);
}

function checkDescription(definition: AnyNodeDefinition): void {
  assert.match(definition.type, NAME, "type: lower-case words with dashes");
  assert.ok(definition.title.trim().length > 0, "title is missing");
  assert.match(definition.summary, /^[^\n]{8,}\.$/, "summary: one sentence with a full stop");
  assert.match(definition.category, NAME, "category: a lower-case word");
  if (definition.icon !== undefined) assert.match(definition.icon, NAME, "icon: a Tabler icon name");
  assert.ok((definition.docs ?? "").trim().length > 0, "docs are missing");
  assert.ok(
    Number.isInteger(definition.concurrency ?? 1) && (definition.concurrency ?? 1) > 0,
    "concurrency",
  );
  assert.ok((definition.timeoutMs ?? 0) >= 0, "timeoutMs");
}

function checkPorts(definition: AnyNodeDefinition): void {
  for (const [port, schema] of [
    ...Object.entries(definition.inputs),
    ...Object.entries(definition.outputs),
  ]) {
    assert.match(port, NAME, `port "${port}": lower-case words with dashes`);
    assert.ok(!RESERVED_PORTS.has(port), `port "${port}" is a reserved name`);
    assertPlain(schema, `port "${port}"`);
  }
  for (const path of definition.outputsFrom ?? []) assert.match(path, /^[\w-]+(\[\])?(\.[\w-]+(\[\])?)*$/);
}

function checkConfigSchema(definition: AnyNodeDefinition): void {
  const schema: TSchema = definition.config;
  assertPlain(schema, "config");
  const described: unknown = JSON.parse(JSON.stringify(schema));
  assert.ok(isObject(described) && described.type === "object", "config must be an object schema");
  checkFields(described, "config");
}

/** Every field, those of nested objects and lists too: a title, a description, and a default that is valid. */
function checkFields(schema: unknown, path: string): void {
  if (!isObject(schema)) return;
  for (const [name, field] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    const place = `${path}.${name}`;
    assert.ok(isObject(field), `"${place}" has no schema`);
    assert.ok(typeof field.title === "string" && field.title !== "", `"${place}" has no title`);
    assert.ok(typeof field.description === "string", `"${place}" has no description`);
    if ("default" in field) {
      const problems = configProblems(field as TSchema, withDefaults(field, field.default));
      assert.deepEqual(problems, [], `default of "${place}"`);
    }
    checkFields(field, place);
    checkFields(field.items, place);
  }
}

function checkExample(definition: AnyNodeDefinition): void {
  assert.match(definition.docs ?? "", /```json\n/, "docs have no example config (a ```json block)");
  const config = withDefaults(definition.config, exampleConfig(definition));
  assert.deepEqual(configProblems(definition.config, config), []);
}

async function checkRefusals(
  refused: readonly unknown[],
  start: (config: unknown) => Promise<AsyncDisposable>,
) {
  for (const config of refused) {
    const outcome = await start(config).then(
      async (node) => {
        await node[Symbol.asyncDispose]();
        return undefined;
      },
      (error: unknown) => error,
    );
    assert.ok(outcome !== undefined, `${JSON.stringify(config)} was taken`);
    checkSentence(outcome);
  }
}

function checkSentence(error: unknown): void {
  assert.ok(error instanceof Error, "not an Error");
  assert.match(error.message, /\S.{8,}/, "an error says what is wrong");
}

/** Only what JSON can say: schemas are sent to the editor. */
function assertPlain(schema: unknown, what: string): void {
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), withoutHidden(schema), `${what} is not plain JSON`);
}

function withoutHidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHidden);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutHidden(child)]));
}
