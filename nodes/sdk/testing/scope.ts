// Which messages the running code works on, so that what it emits descends from them.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Message } from "../message.ts";

export interface Scope {
  /** What is being handled; empty for timers, `start` and the like. */
  readonly messages: readonly Message[];
  /** Several at once: what is emitted must say which it descends from. */
  readonly batch?: boolean;
  /** What was emitted meanwhile, awaited or not, with the messages it descends from. */
  readonly emits: { readonly from: readonly Message[]; readonly taken: Promise<void> }[];
}

const current = new AsyncLocalStorage<Scope>();

export function runInScope<T>(scope: Scope, run: () => T): T {
  return current.run(scope, run);
}

export function currentScope(): Scope | undefined {
  return current.getStore();
}

/** Runs a handler of something other than an input port on one message, and waits for all it emitted. */
export async function runOn(messages: readonly Message[], run: () => void | Promise<void>): Promise<void> {
  const scope: Scope = { messages, emits: [] };
  await runInScope(scope, async () => run());
  await Promise.all(scope.emits.map(({ taken }) => taken));
}
