// Mustache over plain data: only own properties are seen, nothing in a message is ever called, and what a tag
// becomes in text, HTML or JSON is decided here.
import mustache from "mustache";
import { asText } from "../value/compare.ts";

export type Escape = "none" | "html" | "json";

class PlainContext extends mustache.Context {
  override push(view: unknown): PlainContext {
    return new PlainContext(view, this);
  }

  override lookup(name: string): unknown {
    if (name === ".") return this.view;
    const steps = name.split(".");
    const [first = ""] = steps;
    for (let scope: { view: unknown; parent: unknown } | undefined = this; scope; scope = parentOf(scope)) {
      if (ownProperty(scope.view, first) === undefined) continue;
      return steps.reduce<unknown>(ownProperty, scope.view);
    }
    return undefined;
  }
}

class PlainWriter extends mustache.Writer {
  readonly #escape: Escape;

  constructor(style: Escape) {
    super();
    this.#escape = style;
  }

  override escapedValue(token: string[], context: PlainContext): string {
    const value = context.lookup(token[1] ?? "");
    if (this.#escape === "json") return value === undefined ? "" : insideJson(value);
    return this.#escape === "html" ? mustache.escape(asText(value)) : asText(value);
  }

  override unescapedValue(token: string[], context: PlainContext): string {
    const value = context.lookup(token[1] ?? "");
    return this.#escape === "json" ? (JSON.stringify(value) ?? "null") : asText(value);
  }

  /** Templates stand alone. */
  override renderPartial(): string {
    return "";
  }
}

/** Compiles a template. Throws an Error with a sentence when it is not well formed. */
export function compileTemplate(
  template: string,
  style: Escape,
): (view: Readonly<Record<string, unknown>>) => string {
  const writer = new PlainWriter(style);
  writer.parse(template);
  return (view) => writer.render(template, new PlainContext(view));
}

/** Every name that tags of the template mention, sections included. */
export function namesIn(template: string): string[] {
  const names = new Set<string>();
  const visit = (spans: readonly unknown[]) => {
    for (const span of spans) {
      if (!Array.isArray(span)) continue;
      const [kind, name, , , inner] = span;
      if (kind !== "text" && typeof name === "string") names.add(name);
      if (Array.isArray(inner)) visit(inner);
    }
  };
  visit(new mustache.Writer().parse(template));
  return [...names];
}

/** A text as it stands between quotes; other values as JSON. So `"{{name}}"` and `{{count}}` are both right. */
function insideJson(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value).slice(1, -1) : (JSON.stringify(value) ?? "null");
}

function ownProperty(value: unknown, name: string): unknown {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) {
    return name === "length" && typeof value === "string" ? value.length : undefined;
  }
  const property: unknown = Reflect.get(value, name);
  return typeof property === "function" ? undefined : property;
}

function parentOf(scope: { parent: unknown }): PlainContext | undefined {
  return scope.parent instanceof PlainContext ? scope.parent : undefined;
}
