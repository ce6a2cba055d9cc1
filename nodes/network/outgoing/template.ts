// Texts with values of the message in them: `{{payload.id}}`.
import { getPath, type Message } from "@millrace/sdk";
import mustache from "mustache";

/** What templates see. */
export type View = Pick<Message, "payload" | "attributes" | "id" | "topic" | "time" | "correlationId">;

/** A message's fields as plain properties, whatever the message itself is made of. */
export function viewOf({ payload, attributes, id, topic, time, correlationId }: Message): View {
  return { payload, attributes, id, topic, time, correlationId };
}

type Render = (view: View) => string;

const WHOLE = /^\s*\{\{\{?\s*([\w$.[\]-]+)\s*\}?\}\}\s*$/;

/** Compiles a text once. `encode` is done to each value, except in `{{{ }}}`. Throws for a broken template. */
export function compileText(text: string, encode: (value: string) => string = String): Render {
  if (!text.includes("{{")) return () => text;
  const writer = new mustache.Writer();
  writer.parse(text);
  return (view) =>
    writer.render(text, view, undefined, { escape: (value: unknown) => encode(textOf(value)) });
}

/** Compiles texts by name. */
export function compileTexts(texts: Readonly<Record<string, string>>): (view: View) => [string, string][] {
  const compiled = Object.entries(texts).map(([name, text]) => [name, compileText(text)] as const);
  return (view) => compiled.map(([name, render]) => [name, render(view)]);
}

/** Compiles JSON with texts in it. A text that is nothing but one value becomes that value, whatever it is. */
export function compileJson(json: unknown): (view: View) => unknown {
  if (typeof json === "string") {
    const path = WHOLE.exec(json)?.[1];
    return path === undefined ? compileText(json) : (view) => getPath(view, path);
  }
  if (Array.isArray(json)) {
    const items = json.map(compileJson);
    return (view) => items.map((item) => item(view));
  }
  if (json !== null && typeof json === "object") {
    const fields = Object.entries(json).map(([name, value]) => [name, compileJson(value)] as const);
    return (view) => Object.fromEntries(fields.map(([name, field]) => [name, field(view)]));
  }
  return () => json;
}

function textOf(value: unknown): string {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
}
