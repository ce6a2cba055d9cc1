// JSON text token by token. Iterative: no text, however deep, exhausts the stack.
import { createScanner } from "jsonc-parser";

interface Level {
  readonly keys: Set<string> | undefined;
  /** Whether the next string is a key. */
  expectsKey: boolean;
  index: number;
}

/** Calls back for every value and key, in order. Stops quietly where the text stops being JSON. */
export function walkJson(
  text: string,
  on: {
    value?: (path: readonly (string | number)[], offset: number) => void;
    duplicate?: (path: readonly (string | number)[], key: string, offset: number) => void;
  },
): void {
  const levels: Level[] = [];
  const path: (string | number)[] = [];
  for (const { mark, offset, value } of tokens(text)) {
    const level = levels.at(-1);
    if (mark === "}" || mark === "]") {
      if (!levels.pop()) return;
      path.length = levels.length;
    } else if (mark === ":") {
      if (level) level.expectsKey = false;
    } else if (mark === ",") {
      if (!level) return;
      level.index++;
      level.expectsKey = level.keys !== undefined;
    } else if (level?.keys && level.expectsKey) {
      if (mark !== '"') return;
      path[levels.length - 1] = value;
      if (level.keys.has(value)) on.duplicate?.(path, value, offset);
      level.keys.add(value);
    } else {
      if (level && !level.keys) path[levels.length - 1] = level.index;
      on.value?.(path, offset);
      const opens = mark === "{" || mark === "[";
      if (opens)
        levels.push({ keys: mark === "{" ? new Set() : undefined, expectsKey: mark === "{", index: 0 });
    }
  }
}

/** Each token's first character, offset, and value where it is a string. */
export function* tokens(
  text: string,
): Generator<{ mark: string | undefined; offset: number; value: string }> {
  const scanner = createScanner(text, true);
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (offset >= text.length) return;
    yield { mark: text[offset], offset, value: scanner.getTokenValue() };
  }
}
