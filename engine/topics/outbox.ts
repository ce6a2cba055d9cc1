// Holding an effect back for the commit of the trees it descends from.
import type { Effect } from "../backend/backend.ts";
import type { Tree } from "./tree.ts";

/** Several trees become one: what they have caused together is committed together. */
export function holdInTrees(trees: readonly Tree[], effect: Effect): void {
  const [first, ...others] = trees;
  if (!first) return;
  for (const other of others) first.join(other);
  if (!first.isLost) first.hold(effect);
}
