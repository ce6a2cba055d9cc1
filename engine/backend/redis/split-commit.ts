// On a cluster one call may only touch keys of one slot. A commit is divided here into what is in the slot of its first
// input, which stays atomic, and what is elsewhere. Pure.
import type { Commit, CommitInput, Effect } from "../backend.ts";
import type { Fence } from "../leases.ts";
import type { Keys } from "./keys.ts";
import { slotOf } from "./slot.ts";

type Append = Extract<Effect, { kind: "append" }>;
type StateEffect = Extract<Effect, { kind: "state" }>;

export interface SplitCommit {
  /** Of the part that is one step: the first input's. */
  readonly slot: number;
  readonly home: Commit;
  /** Appends to streams elsewhere, each with a mark that a repeated commit has again. */
  readonly appends: readonly { readonly effect: Append; readonly mark: string }[];
  readonly states: readonly StateEffect[];
  readonly fences: readonly Fence[];
  /** Inputs elsewhere, a commit for each slot: they are acknowledged after the home part. */
  readonly others: readonly { readonly slot: number; readonly commit: Commit }[];
}

export function splitCommit(commit: Commit, keys: Keys): SplitCommit {
  const slotOfInput = ({ subscription }: CommitInput) => slotOf(keys.topic(subscription.stream));
  const [first] = commit.inputs;
  const slot = first ? slotOfInput(first) : slotOf(slotKey(commit, keys));
  const effects: Effect[] = [];
  const appends: { effect: Append; mark: string }[] = [];
  const states: StateEffect[] = [];
  for (const [index, effect] of commit.effects.entries()) {
    if (effect.kind === "publish") effects.push(effect);
    else if (effect.kind === "append") {
      if (slotOf(keys.topic(effect.stream)) === slot) effects.push(effect);
      else appends.push({ effect, mark: `${markOf(first, keys)}|${index}` });
    } else if (slotOf(keys.state(effect.scope)) === slot) effects.push(effect);
    else states.push(effect);
  }
  const fences = commit.fences ?? [];
  const isHome = ({ lease }: Fence) => slotOf(keys.lease(lease)) === slot;
  const inputs = commit.inputs.filter((input) => slotOfInput(input) === slot);
  const others = new Map<number, CommitInput[]>();
  for (const input of commit.inputs) {
    const place = slotOfInput(input);
    if (place !== slot) others.set(place, [...(others.get(place) ?? []), input]);
  }
  return {
    slot,
    home: { inputs, effects, fences: fences.filter(isHome) },
    appends,
    states,
    fences: fences.filter((fence) => !isHome(fence)),
    others: [...others].map(([place, elsewhere]) => ({
      slot: place,
      commit: { inputs: elsewhere, effects: [] },
    })),
  };
}

/** Everybody who works off the entry names its effects alike. */
function markOf(input: CommitInput | undefined, keys: Keys): string {
  if (!input) return "";
  const { subscription, id } = input;
  return `${keys.topic(subscription.stream)}|${subscription.group}|${id}`;
}

/** A key of a commit without inputs. */
function slotKey({ effects }: Commit, keys: Keys): string {
  for (const effect of effects) {
    if (effect.kind === "append") return keys.topic(effect.stream);
    if (effect.kind === "state") return keys.state(effect.scope);
  }
  return "";
}
