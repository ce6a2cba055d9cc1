// The scopes of state that a node sees, within the delivery being handled.
import type { ContextState, StateScope } from "@millrace/sdk";
import type { TreeState } from "../topics/tree-state.ts";
import type { Frames } from "./frames.ts";

export function nodeState(state: TreeState, frames: Frames, flow: string, node: string): ContextState {
  return {
    ...scopeOf(state, frames, `node:${flow}/${node}`),
    flow: scopeOf(state, frames, `flow:${flow}`),
    global: scopeOf(state, frames, "global"),
  };
}

function scopeOf(state: TreeState, frames: Frames, scope: string): StateScope {
  const trees = () => {
    const delivery = frames.delivery();
    return delivery?.isOpen ? delivery.message.trees : undefined;
  };
  return {
    get: async <T>(key: string) => (await state.get(scope, key, trees())) as T | undefined,
    set: (key, value) => state.set(scope, key, value, trees()),
    delete: (key) => state.set(scope, key, undefined, trees()),
    update: async <T>(key: string, change: (current: T | undefined) => T | undefined) =>
      (await state.update(scope, key, (current) => change(current as T | undefined), trees())) as
        | T
        | undefined,
  };
}
