// What a commit expects of state before any of its effects: pure, the same for every backend.
import type { Effect } from "./backend.ts";

/** A value that must be there (null: none) before the commit; "never": no state of affairs would do. */
export type Expectation =
  | { readonly scope: string; readonly key: string; readonly value: Uint8Array | null }
  | "never";

/** An effect that expects what an earlier effect of the same commit has written expects nothing of the backend. */
export function expectations(effects: readonly Effect[]): readonly Expectation[] {
  if (!effects.some(expectsSomething)) return NONE;
  const found: Expectation[] = [];
  const written = new Map<string, Uint8Array | null>();
  for (const effect of effects) {
    if (effect.kind !== "state") continue;
    const { scope, key, value, expected } = effect;
    const name = `${scope}\n${key}`;
    const before = written.get(name);
    written.set(name, value ?? null);
    if (expected === undefined) continue;
    if (before === undefined) found.push({ scope, key, value: expected });
    else if (!sameValue(before, expected)) found.push("never");
  }
  return found;
}

export function sameValue(left: Uint8Array | null, right: Uint8Array | null): boolean {
  if (left === null || right === null) return left === right;
  return Buffer.compare(left, right) === 0;
}

const NONE: readonly Expectation[] = [];

function expectsSomething(effect: Effect): boolean {
  return effect.kind === "state" && effect.expected !== undefined;
}
