// Text that a person types and that counts only when done: names that are used elsewhere.
import { useEffect, useState } from "react";

export interface Typed {
  readonly text: string;
  readonly problem: string | null;
  set(text: string): void;
  /** Hands the text over if it is all right, otherwise goes back to what was. */
  commit(): void;
  reset(): void;
}

/** `check` says what is wrong with a text, or null. */
export function useTyped(
  value: string,
  commit: (text: string) => void,
  check: (text: string) => string | null = () => null,
): Typed {
  const [text, set] = useState(value);
  useEffect(() => set(value), [value]);
  const problem = text === value ? null : check(text);
  return {
    text,
    problem,
    set,
    commit: () => {
      if (text === value) return;
      if (problem === null) commit(text);
      else set(value);
    },
    reset: () => set(value),
  };
}
