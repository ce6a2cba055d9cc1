// What a TypeScript or TSX source names: the modules it imports, and the few globals that the layer table minds.
// A scanner of tokens, not a parser: it knows comments, strings, templates and regular expressions, no more.

export interface Named {
  /** The specifier; `import()` for an import of a computed name; `process.exit`; `eval` for code made from text. */
  readonly name: string;
  /** `import type`, or a type written as `import("x").T`. */
  readonly isType: boolean;
  readonly line: number;
}

interface Token {
  readonly kind: "word" | "string" | "mark";
  readonly text: string;
  readonly line: number;
}

export function namesIn(source: string): Named[] {
  const tokens = tokensOf(source);
  const found: Named[] = [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const afterNext = tokens[index + 2];
    const add = (name: string, isType: boolean) => found.push({ name, isType, line: token.line });
    if (token.kind !== "word" || tokens[index - 1]?.text === ".") continue;
    if (token.text === "from" && next?.kind === "string") add(next.text, isTypeStatement(tokens, index));
    else if (token.text === "import" && next?.kind === "string") add(next.text, false);
    else if ((token.text === "import" || token.text === "require") && next?.text === "(") {
      if (afterNext?.kind === "string") add(afterNext.text, false);
      else if (token.text === "import") add("import()", false);
    } else if (token.text === "process" && next?.text === "." && afterNext?.text === "exit")
      add("process.exit", false);
    else if ((token.text === "eval" || token.text === "Function") && next?.text === "(") add("eval", false);
  }
  return found;
}

/** Whether the statement that ends with this `from` begins with `import type` or `export type`. */
function isTypeStatement(tokens: readonly Token[], from: number): boolean {
  for (let index = from - 1; index >= 0; index--) {
    const { kind, text } = tokens[index] as Token;
    if (kind === "word" && (text === "import" || text === "export")) {
      const next = tokens[index + 1];
      const afterNext = tokens[index + 2];
      return next?.text === "type" && afterNext?.text !== "," && index + 2 !== from;
    }
  }
  return false;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let place = 0;
  const templates: number[] = []; // how many braces are open within each `${`
  const push = (kind: Token["kind"], text: string) => tokens.push({ kind, text, line });
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = place;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) return undefined;
    place += text.length;
    return text;
  };
  const skip = (text: string) => {
    line += text.split("\n").length - 1;
  };
  const template = () => {
    const text = take(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y) ?? "";
    skip(text);
    if (source[place] === "`") {
      place += 1;
      push("mark", "`");
    } else {
      place += 2;
      templates.push(0);
      push("mark", "${");
    }
  };

  while (place < source.length) {
    const blank = take(/\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y);
    if (blank !== undefined) {
      skip(blank);
      continue;
    }
    const word = take(/[\p{ID_Start}$_#][\p{ID_Continue}$]*|\d[\w.]*/uy);
    if (word !== undefined) {
      push("word", word);
      continue;
    }
    const string = take(/"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y);
    if (string !== undefined) {
      push("string", string.slice(1, -1));
      skip(string);
      continue;
    }
    if (
      source[place] === "/" &&
      startsRegex(tokens.at(-1)) &&
      take(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y)
    ) {
      push("mark", "/regex/");
      continue;
    }
    const mark = source[place] as string;
    place += 1;
    if (mark === "`") {
      template();
      continue;
    }
    const open = templates.at(-1);
    if (open !== undefined && mark === "}" && open === 0) {
      templates.pop();
      template();
      continue;
    }
    if (open !== undefined && (mark === "{" || mark === "}"))
      templates[templates.length - 1] = open + (mark === "{" ? 1 : -1);
    push("mark", mark);
  }
  return tokens;
}

const WORDS_BEFORE_REGEX = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "do",
  "else",
  "void",
  "await",
  "yield",
  "throw",
]);

/** After a value `/` divides; after `<` it closes a tag; elsewhere it begins a regular expression. */
function startsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return WORDS_BEFORE_REGEX.has(before.text);
  if (before.kind === "string") return false;
  return ![")", "]", "}", "<", "`", "/regex/"].includes(before.text);
}
