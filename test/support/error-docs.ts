// The error catalogue as a page for people: docs/errors.md. Made from the catalogue itself, so it cannot go stale.

import type { ErrorMaker } from "../../engine/base/errors/index.ts";
import * as catalogue from "../../engine/base/errors/index.ts";

/** Every error the engine can answer with, by code. */
export function catalogueEntries(): ErrorMaker<unknown>[] {
  return Object.values(catalogue)
    .filter(isMaker)
    .sort((a, b) => (a.spec.code < b.spec.code ? -1 : 1));
}

function isMaker(value: unknown): value is ErrorMaker<unknown> {
  return typeof value === "function" && "spec" in value && "problem" in value;
}

/** The sentence, with ‹names› where the values go. */
export function sentenceOf(maker: ErrorMaker<unknown>): string {
  return String(maker.spec.message(new Proxy({}, { get: (_, name) => placeholder(String(name)) })));
}

/** Stands for a value of whatever kind a message asks for: text, number, list, object or function. */
function placeholder(name: string): unknown {
  const text = `‹${name}›`;
  const self: unknown = new Proxy(() => self, {
    get(_, property) {
      if (property === Symbol.toPrimitive || property === "toString" || property === "join")
        return () => text;
      if (property === Symbol.iterator) return () => [text][Symbol.iterator]();
      if (property === "length") return 1;
      return self;
    },
    apply: () => self,
  });
  return self;
}

export function errorDocs(): string {
  const lines = [
    "# Errors",
    "",
    "<!-- Made from engine/base/errors by `npm run docs:errors`; a test keeps the two in step. -->",
    "",
    "Every error has a code that stays the same, and a sentence that says what is wrong and what to do. The HTTP API",
    "answers `{ error: { code, message } }` with the status given here; `engine validate` prints the same codes.",
  ];
  let area = "";
  for (const maker of catalogueEntries()) {
    const { code, status, severity, explain } = maker.spec;
    const [itsArea = ""] = code.split("/");
    if (itsArea !== area) {
      area = itsArea;
      lines.push("", `## ${area}`);
    }
    const kind = severity === "warning" ? "warning" : `status ${status ?? 500}`;
    lines.push("", `### \`${code}\``, "", `${explain} (${kind})`, "", `> ${sentenceOf(maker)}`);
  }
  return `${lines.join("\n")}\n`;
}
