// How places and values of a flow stand in sentences.
import { isFields } from "./outline.ts";

const KINDS = new Map(
  Object.entries({
    string: "a text",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
    object: "an object",
    array: "a list",
    null: "null",
  }),
);

/** Types of JSON Schema in words: `a text or a number`. */
export function kinds(types: unknown): string {
  return [...new Set([types].flat())].map((type) => KINDS.get(String(type)) ?? String(type)).join(" or ");
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isFields(value)) return "an object";
  const text = typeof value === "string" ? value : String(value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return typeof value === "string" ? `"${short}"` : short;
}

/** `"limit" of topic "x"`. */
export function whatOf(steps: readonly string[]): string {
  const last = steps.at(-1);
  if (last === undefined) return "The flow";
  const [area, name] = steps;
  if (steps.length === 1) return `"${last}" of the flow`;
  const kind = AREAS.get(area ?? "");
  if (steps.length === 2 && kind !== undefined) return `${capital(kind)} "${name}"`;
  const entry = /^\d+$/.test(last) ? `Entry ${Number(last) + 1}` : `"${last}"`;
  return `${entry} of ${ownerOf(steps.slice(0, -1))}`;
}

const AREAS = new Map(Object.entries({ nodes: "node", topics: "topic", types: "type" }));

/** `the flow`, `topic "x"`, `the config of node "x"`, `"retry" of node "x"`. */
export function ownerOf(steps: readonly string[]): string {
  const [area, name, ...inner] = steps;
  if (area === undefined) return "the flow";
  const kind = AREAS.get(area);
  if (name === undefined || kind === undefined) return `"${steps.join(".")}"`;
  const thing = `${kind} "${name}"`;
  if (inner.length === 0) return thing;
  if (inner[0] === "config" && kind === "node") {
    return inner.length === 1 ? `the config of ${thing}` : `"${dotted(inner.slice(1))}" of ${thing}`;
  }
  return `"${dotted(inner)}" of ${thing}`;
}

/** `rules[0].port`. */
function dotted(steps: readonly string[]): string {
  return steps.reduce(
    (path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`),
    "",
  );
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
