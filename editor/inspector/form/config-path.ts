// A change at one place of a config, and the files that code lives in. Pure.
import type { NodeDocument } from "../../../engine/admin/api.ts";
import { type Command, setFile, setNode } from "../../document/commands.ts";
import { nodeOf } from "../../document/draft.ts";
import { freeName, slug } from "../../document/naming.ts";
import { isPlain } from "./reference.ts";

type Path = readonly (string | number)[];

/** A copy of `value` with `next` at the path. Missing steps become objects. */
export function setIn(value: unknown, path: Path, next: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (Array.isArray(value))
    return value.map((item, index) => (index === Number(step) ? setIn(item, rest, next) : item));
  const object = isPlain(value) ? value : {};
  return { ...object, [step]: setIn(Object.hasOwn(object, step) ? object[step] : undefined, rest, next) };
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  typescript: "ts",
  javascript: "js",
  handlebars: "hbs",
  markdown: "md",
  sql: "sql",
  html: "html",
  xml: "xml",
  yaml: "yaml",
  json: "json",
};

/** The file for new code: `main.convert.ts`, or `main.convert.query.sql` where the field is not called code. */
export function newFileName(
  flow: string,
  node: string,
  path: Path,
  language: string,
  files: Readonly<Record<string, string>>,
): string {
  const field = path.filter((step) => step !== "code").map((step) => slug(String(step)));
  const base = [slug(flow), slug(node), ...field].join(".");
  const extension = EXTENSIONS[language] ?? "txt";
  const free = freeName(base, (name) => Object.hasOwn(files, `${name}.${extension}`));
  return `${free}.${extension}`;
}

/** Puts a text into a file and the file's name into a node's config, in one step that is undone in one. */
export function moveToFile(node: string, path: Path, file: string, text: string): Command {
  return {
    label: `Edit ${file}`,
    merge: `file:${file}`,
    apply: (draft) => {
      const document: NodeDocument | undefined = nodeOf(draft, node);
      if (!document) return draft;
      const config = setIn(document.config ?? {}, path, { $file: file }) as Readonly<Record<string, unknown>>;
      return setNode(node, { config }).apply(setFile(file, text).apply(draft));
    },
  };
}
