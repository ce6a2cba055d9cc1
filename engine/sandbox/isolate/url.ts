// URL and URLSearchParams for the isolate. V8 has no URL parser, and a second one would disagree with Node's: URL
// asks the runner, synchronously, with strings only. URLSearchParams is all here.

/** The parts of a URL as plain strings; what the runner answers. */
export interface UrlParts {
  href: string;
  origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
}

/** Parses, or sets one part and parses again. JSON of UrlParts, or "" when it is no URL. */
export type UrlBridge = (input: string, base: string, part: string, value: string) => string;

type Part = Exclude<keyof UrlParts, "origin">;

/** What a URL shows of itself by declaration; its other parts are defined on the prototype. */
export interface Url {
  href: string;
  readonly origin: string;
  readonly searchParams: URLSearchParams;
  toString(): string;
  toJSON(): string;
}

export interface UrlClass {
  new (input: unknown, base?: unknown): Url;
  canParse(input: unknown, base?: unknown): boolean;
  parse(input: unknown, base?: unknown): Url | null;
}

/** The URL class over a bridge. */
export function makeUrl(bridge: UrlBridge): UrlClass {
  function ask(input: string, base = "", part = "", value = ""): UrlParts | undefined {
    const answer = bridge(input, base, part, value);
    return answer === "" ? undefined : (JSON.parse(answer) as UrlParts);
  }

  class URL {
    #parts: UrlParts;
    readonly #params: URLSearchParams;

    constructor(input: unknown, base?: unknown) {
      const parts = ask(String(input), base === undefined ? "" : String(base));
      if (!parts) throw new TypeError(`"${String(input)}" is not a URL.`);
      this.#parts = parts;
      this.#params = new URLSearchParams(parts.search);
      onChange(this.#params, (query) => this.#set("search", query, false));
    }

    static canParse(input: unknown, base?: unknown): boolean {
      return ask(String(input), base === undefined ? "" : String(base)) !== undefined;
    }

    static parse(input: unknown, base?: unknown): URL | null {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }

    get searchParams(): URLSearchParams {
      return this.#params;
    }
    get origin(): string {
      return this.#parts.origin;
    }
    get href(): string {
      return this.#parts.href;
    }
    set href(value: string) {
      const parts = ask(String(value));
      if (!parts) throw new TypeError(`"${value}" is not a URL.`);
      this.#parts = parts;
      replaceAll(this.#params, parts.search);
    }
    toString(): string {
      return this.#parts.href;
    }
    toJSON(): string {
      return this.#parts.href;
    }

    #set(part: Part, value: string, outside = true): void {
      this.#parts = ask(this.#parts.href, "", part, value) ?? this.#parts;
      if (outside && part === "search") replaceAll(this.#params, this.#parts.search);
    }

    static {
      const parts: Part[] = [
        "protocol",
        "username",
        "password",
        "host",
        "hostname",
        "port",
        "pathname",
        "search",
        "hash",
      ];
      for (const part of parts) {
        Object.defineProperty(URL.prototype, part, {
          get(this: URL) {
            return this.#parts[part];
          },
          set(this: URL, value: unknown) {
            this.#set(part, String(value));
          },
          enumerable: true,
          configurable: true,
        });
      }
    }
  }
  return URL;
}

type Pair = [name: string, value: string];
let onChange: (params: URLSearchParams, listener: (query: string) => void) => void;
let replaceAll: (params: URLSearchParams, query: string) => void;

/** As in browsers: application/x-www-form-urlencoded. */
export class URLSearchParams {
  #pairs: Pair[] = [];
  #listener: ((query: string) => void) | undefined;

  static {
    onChange = (params, listener) => {
      params.#listener = listener;
    };
    replaceAll = (params, query) => {
      params.#pairs = parseQuery(query);
    };
  }

  constructor(init: string | Iterable<readonly string[]> | Record<string, unknown> = "") {
    if (typeof init === "string") this.#pairs = parseQuery(init);
    else if (Symbol.iterator in init) {
      for (const [name, value] of init as Iterable<readonly string[]>)
        this.#pairs.push([String(name), String(value)]);
    } else this.#pairs = Object.entries(init).map(([name, value]) => [name, String(value)]);
  }

  get size(): number {
    return this.#pairs.length;
  }
  append(name: string, value: unknown): void {
    this.#pairs.push([String(name), String(value)]);
    this.#changed();
  }
  delete(name: string, value?: unknown): void {
    this.#pairs = this.#pairs.filter(
      (pair) => pair[0] !== name || (value !== undefined && pair[1] !== String(value)),
    );
    this.#changed();
  }
  get(name: string): string | null {
    return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
  }
  getAll(name: string): string[] {
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }
  has(name: string, value?: unknown): boolean {
    return this.#pairs.some((pair) => pair[0] === name && (value === undefined || pair[1] === String(value)));
  }
  set(name: string, value: unknown): void {
    const first = this.#pairs.find((pair) => pair[0] === name);
    if (!first) {
      this.append(name, value);
      return;
    }
    first[1] = String(value);
    this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== name);
    this.#changed();
  }
  sort(): void {
    this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#changed();
  }
  forEach(visit: (value: string, name: string, params: URLSearchParams) => void): void {
    for (const [name, value] of this.#pairs) visit(value, name, this);
  }
  *entries(): IterableIterator<Pair> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }
  *keys(): IterableIterator<string> {
    for (const pair of this.#pairs) yield pair[0];
  }
  *values(): IterableIterator<string> {
    for (const pair of this.#pairs) yield pair[1];
  }
  [Symbol.iterator](): IterableIterator<Pair> {
    return this.entries();
  }
  toString(): string {
    return this.#pairs.map((pair) => `${encode(pair[0])}=${encode(pair[1])}`).join("&");
  }
  #changed(): void {
    this.#listener?.(this.toString());
  }
}

function parseQuery(query: string): Pair[] {
  return query
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      return equals < 0
        ? [decode(part), ""]
        : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+");
}

function decode(text: string): string {
  const spaced = text.replace(/\+/g, " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced; // a lone % stays as it is
  }
}
