// Reads a regular expression into a tree. The syntax is JavaScript's without the parts that no machine can match in
// linear time: back-references and look-around are refused with a sentence.
import { Failure } from "@millrace/sdk";

export type Anchor = "start" | "end" | "boundary" | "inside";

export type Tree =
  | { readonly kind: "char"; readonly accepts: (code: number) => boolean }
  | { readonly kind: "anchor"; readonly anchor: Anchor }
  | { readonly kind: "sequence"; readonly items: readonly Tree[] }
  | { readonly kind: "choice"; readonly options: readonly Tree[] }
  | { readonly kind: "group"; readonly index: number; readonly item: Tree }
  | {
      readonly kind: "repeat";
      readonly item: Tree;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    };

export interface Syntax {
  readonly tree: Tree;
  /** Capturing groups, by number from 1; the name where it has one. */
  readonly groups: readonly (string | undefined)[];
}

const ATOM = /\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|c[a-z]|.)|\[\^?(?:\\.|[^\]\\])*\]|./isy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/y;

export class SyntaxReader {
  readonly #source: string;
  readonly #flags: string;
  readonly #groups: (string | undefined)[] = [];
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): Syntax {
    return { tree: this.#choice(), groups: this.#groups };
  }

  #choice(): Tree {
    const options = [this.#sequence()];
    while (this.#take("|")) options.push(this.#sequence());
    return options.length === 1 && options[0] ? options[0] : { kind: "choice", options };
  }

  #sequence(): Tree {
    const items: Tree[] = [];
    while (this.#at < this.#source.length && !this.#sees("|") && !this.#sees(")")) {
      items.push(this.#repeat(this.#atom()));
    }
    return { kind: "sequence", items };
  }

  #repeat(item: Tree): Tree {
    QUANTIFIER.lastIndex = this.#at;
    const match = QUANTIFIER.exec(this.#source);
    if (!match) return item;
    this.#at = QUANTIFIER.lastIndex;
    const [, sign, least, comma, most, lazy] = match;
    const min = sign === "+" ? 1 : sign ? 0 : Number(least);
    const max =
      sign === "?" ? 1 : sign || (comma && !most) ? Number.POSITIVE_INFINITY : Number(most || least);
    return { kind: "repeat", item, min, max, greedy: lazy === "" };
  }

  #atom(): Tree {
    if (this.#take("^")) return { kind: "anchor", anchor: "start" };
    if (this.#take("$")) return { kind: "anchor", anchor: "end" };
    if (this.#take("\\b")) return { kind: "anchor", anchor: "boundary" };
    if (this.#take("\\B")) return { kind: "anchor", anchor: "inside" };
    if (this.#take("(")) return this.#group();
    if (/^\\(?:[1-9]|0\d|k)/.test(this.#source.slice(this.#at, this.#at + 3)))
      throw this.#refused("a back-reference");
    ATOM.lastIndex = this.#at;
    const text = ATOM.exec(this.#source)?.[0] ?? "";
    this.#at += text.length;
    return { kind: "char", accepts: acceptsCode(text, this.#flags) };
  }

  #group(): Tree {
    let index: number | undefined;
    const name = /^\?<([\w$]+)>/.exec(this.#source.slice(this.#at, this.#at + 100));
    if (name) this.#at += name[0].length;
    if (name || !this.#sees("?")) index = this.#groups.push(name?.[1]);
    else if (!this.#take("?:")) throw this.#refused("a look-ahead, a look-behind or a modifier");
    const item = this.#choice();
    this.#take(")");
    return index === undefined ? item : { kind: "group", index, item };
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    const seen = this.#sees(text);
    if (seen) this.#at += text.length;
    return seen;
  }

  #refused(what: string): Failure {
    return new Failure(
      `The pattern "${this.#source}" has ${what}, which can take for ever on some texts. Write it without.`,
      { code: "pattern/refused", retry: false },
    );
  }
}

/** A test for one UTF-16 code unit; the common ones from a table. */
function acceptsCode(atom: string, flags: string): (code: number) => boolean {
  const expression = new RegExp(`^(?:${atom})$`, flags);
  const table = Uint8Array.from({ length: 256 }, (_, code) =>
    expression.test(String.fromCharCode(code)) ? 1 : 0,
  );
  return (code) => (code < 256 ? table[code] === 1 : expression.test(String.fromCharCode(code)));
}
