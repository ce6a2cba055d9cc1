// The conditions of a switch as data: their schema, and how they become functions.
import { Failure, type Message, Type } from "@millrace/sdk";
import { compilePattern } from "../pattern/pattern.ts";
import { equals, order } from "../value/compare.ts";
import { REFERENCE_HELP, type Read, type References, type StateValues } from "../value/reference.ts";
import { KINDS, type Kind, kindTest } from "./kind.ts";

export type Test = (message: Message, state: StateValues) => boolean;

const operand = (title: string, description: string) =>
  Type.Optional(
    Type.Unknown({ title, description: `${description} A value, or { "from": "payload.limit" }.` }),
  );
const nested = (title: string, description: string) =>
  Type.Optional(Type.Array(Type.Unknown(), { title, description, "x-widget": "json" }));

/** One condition: all that it names must hold. `all`, `any` and `not` hold further conditions. */
export const Condition = Type.Object(
  {
    path: Type.Optional(
      Type.String({
        title: "Value",
        description: `What is looked at; default: the node's own. ${REFERENCE_HELP}`,
        "x-widget": "path",
      }),
    ),
    eq: operand("Equals", "Numbers in texts equal numbers; structures are compared deeply."),
    ne: operand("Differs from", "The opposite of equals."),
    lt: operand("Below", "By number, date or alphabet."),
    le: operand("At most", "By number, date or alphabet."),
    gt: operand("Above", "By number, date or alphabet."),
    ge: operand("At least", "By number, date or alphabet."),
    between: Type.Optional(
      Type.Array(Type.Unknown(), {
        minItems: 2,
        maxItems: 2,
        title: "Between",
        description: "Two bounds in any order, both included. Each a value or a reference.",
      }),
    ),
    in: operand("One of", "A list that has the value."),
    contains: operand("Contains", "A text within the text, or an item of the list."),
    has: operand("Has property", "The name of a property that an object has."),
    matches: Type.Optional(
      Type.String({
        title: "Matches",
        description: "A regular expression, without back-references and look-around.",
      }),
    ),
    ignoreCase: Type.Optional(
      Type.Boolean({ title: "Ignore case", description: "For matches and contains, of texts." }),
    ),
    is: Type.Optional(
      Type.Enum([...KINDS], { title: "Is", description: "What kind of value it is.", type: "string" }),
    ),
    head: Type.Optional(
      Type.Integer({
        minimum: 1,
        title: "First of a sequence",
        description: "The first so many parts of a split.",
      }),
    ),
    tail: Type.Optional(
      Type.Integer({
        minimum: 1,
        title: "Last of a sequence",
        description: "The last so many parts of a split.",
      }),
    ),
    index: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), {
        minItems: 2,
        maxItems: 2,
        title: "Place in a sequence",
        description: "First and last place of the parts of a split, from 0.",
      }),
    ),
    all: nested("All of", "Conditions that must all hold."),
    any: nested("Any of", "Conditions of which one must hold."),
    not: Type.Optional(
      Type.Unknown({ title: "Not", description: "A condition that must not hold.", "x-widget": "json" }),
    ),
  },
  { additionalProperties: false, title: "When", description: "What must hold. An empty one always holds." },
);

type Fields = Readonly<Record<string, unknown>>;

/** Compiles a condition. Throws a Failure that names what is wrong with it. */
export function compileCondition(condition: unknown, references: References, path: string): Test {
  const fields = checkFields(condition);
  const tests: Test[] = [];
  const read = references.compile(typeof fields.path === "string" ? fields.path : path);
  for (const [name, value] of Object.entries(fields)) {
    const test =
      value === undefined ? undefined : compileField(name, value, { fields, references, path, read });
    if (test) tests.push(test);
  }
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (message, state) => tests.every((test) => test(message, state));
}

interface Around {
  readonly fields: Fields;
  readonly references: References;
  readonly path: string;
  readonly read: Read;
}

function compileField(name: string, value: unknown, around: Around): Test | undefined {
  const { read, references, fields } = around;
  const ignoreCase = fields.ignoreCase === true;
  const path = typeof fields.path === "string" ? fields.path : around.path;
  const nestedOf = () => conditionsIn(name, value).map((item) => compileCondition(item, references, path));
  const against = (holds: (left: unknown, right: unknown) => boolean): Test => {
    const other = references.operand(value);
    return (message, state) => holds(read(message, state), other(message, state));
  };
  switch (name) {
    case "eq":
      return against(equals);
    case "ne":
      return against((left, right) => !equals(left, right));
    case "lt":
      return against((left, right) => order(left, right) < 0);
    case "le":
      return against((left, right) => order(left, right) <= 0);
    case "gt":
      return against((left, right) => order(left, right) > 0);
    case "ge":
      return against((left, right) => order(left, right) >= 0);
    case "between":
      return compileBetween(value, around);
    case "in":
      return against((left, list) => Array.isArray(list) && list.some((item) => equals(left, item)));
    case "contains":
      return against((left, right) => contains(left, right, ignoreCase));
    case "has":
      return against(
        (left, right) => left !== null && typeof left === "object" && Object.hasOwn(left, String(right)),
      );
    case "matches": {
      const pattern = compilePattern(String(value), { ignoreCase });
      return (message, state) => {
        const text = read(message, state);
        return typeof text === "string" || typeof text === "number" ? pattern.test(String(text)) : false;
      };
    }
    case "is": {
      const test = kindTest(value as Kind);
      return (message, state) => test(read(message, state));
    }
    case "head":
    case "tail":
    case "index":
      return compilePlace(name, value);
    case "all": {
      const tests = nestedOf();
      return (message, state) => tests.every((test) => test(message, state));
    }
    case "any": {
      const tests = nestedOf();
      return (message, state) => tests.some((test) => test(message, state));
    }
    case "not": {
      const test = compileCondition(value, references, path);
      return (message, state) => !test(message, state);
    }
    default:
      return undefined;
  }
}

function compileBetween(value: unknown, { read, references }: Around): Test {
  const [first, second] = (Array.isArray(value) ? value : []).map((bound) => references.operand(bound));
  return (message, state) => {
    const [left, a, b] = [read(message, state), first?.(message, state), second?.(message, state)];
    return (order(left, a) >= 0 && order(left, b) <= 0) || (order(left, b) >= 0 && order(left, a) <= 0);
  };
}

function compilePlace(name: "head" | "tail" | "index", value: unknown): Test {
  const [first, last] = Array.isArray(value) ? value.map(Number) : [Number(value), Number(value)];
  return ({ attributes }) => {
    const index = Number(attributes["parts.index"] ?? Number.NaN);
    const count = Number(attributes["parts.count"] ?? Number.NaN);
    if (name === "head") return index < (first ?? 0);
    return name === "tail" ? index >= count - (first ?? 0) : index >= (first ?? 0) && index <= (last ?? 0);
  };
}

function contains(left: unknown, right: unknown, ignoreCase: boolean): boolean {
  if (Array.isArray(left)) return left.some((item) => equals(item, right));
  if (typeof left !== "string") return false;
  return ignoreCase ? left.toLowerCase().includes(String(right).toLowerCase()) : left.includes(String(right));
}

/** Nested conditions are not seen by the schema: checked here, by name. */
function checkFields(condition: unknown): Fields {
  if (condition === null || typeof condition !== "object" || Array.isArray(condition)) {
    throw badCondition(`${JSON.stringify(condition)} is not a condition. Write for example { "gt": 5 }.`);
  }
  const known = Object.keys(Condition.properties);
  for (const name of Object.keys(condition)) {
    if (!known.includes(name))
      throw badCondition(`"${name}" is not a condition. There are ${known.join(", ")}.`);
  }
  return condition as Fields;
}

function conditionsIn(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw badCondition(`"${name}" must be a list of conditions.`);
  return value;
}

function badCondition(sentence: string): Failure {
  return new Failure(sentence, { code: "switch/bad-condition", retry: false });
}
