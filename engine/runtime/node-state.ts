// The scopes of state that a node sees, within the delivery being handled.
import type { ContextState, StateScope } from "@millrace/sdk";
import type { TreeState } from "../topics/tree-state.ts";
import type { Frames } from "./frames.ts";

export interface NodeStateParts {
  readonly state: TreeState;
  readonly frames: Frames;
  readonly flow: string;
  readonly node: string;
  /** Another engine runs the node: what is written here from now on would undo what that one writes, and is not. */
  readonly isVoid: () => boolean;
}

export function nodeState(parts: NodeStateParts): ContextState {
  return {
    ...scopeOf(parts, `node:${parts.flow}/${parts.node}`),
    flow: scopeOf(parts, `flow:${parts.flow}`),
    global: scopeOf(parts, "global"),
  };
}

function scopeOf({ state, frames, isVoid }: NodeStateParts, scope: string): StateScope {
  const trees = () => {
    const delivery = frames.delivery();
    return delivery?.isOpen ? delivery.message.trees : undefined;
  };
  const mayNotWrite = () => isVoid() || frames.delivery()?.isVoid === true;
  return {
    get: async <T>(key: string) => (await state.get(scope, key, trees())) as T | undefined,
    set: async (key, value) => {
      if (!mayNotWrite()) await state.set(scope, key, value, trees());
    },
    delete: async (key) => {
      if (!mayNotWrite()) await state.set(scope, key, undefined, trees());
    },
    update: async <T>(key: string, change: (current: T | undefined) => T | undefined) => {
      const next = mayNotWrite()
        ? await state.get(scope, key, trees())
        : await state.update(scope, key, (current) => change(current as T | undefined), trees());
      return next as T | undefined;
    },
    replace: async (key, expected, value) =>
      mayNotWrite() || (await state.replace(scope, key, expected, value, trees())),
  };
}
