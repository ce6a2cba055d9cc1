// Many commits as the keys and arguments of one call of the commit function (functions/commit.lua).
import type { Commit, Subscription } from "../backend.ts";
import { expectations } from "../expectations.ts";
import type { Keys } from "./keys.ts";

export interface CommitArguments {
  readonly keys: string[];
  readonly args: (string | number | Uint8Array)[];
}

/**
 * On one server, any keys go together. On Redis Cluster all of them must share a slot, which the private topics of a
 * flow do; effects on shared topics and the global state would have to be split off here, after the commit.
 */
export function commitArguments(commits: readonly Commit[], keys: Keys): CommitArguments {
  const streams = new Index();
  const states = new Index();
  const subscriptions = new Map<string, { place: number; key: number; of: Subscription; inputs: number }>();
  const placeOf = (of: Subscription) => {
    const stream = keys.topic(of.stream);
    const name = [stream, of.group, of.consumer].join("\n");
    let known = subscriptions.get(name);
    if (!known) {
      known = { place: subscriptions.size + 1, key: streams.of(stream), of, inputs: 0 };
      subscriptions.set(name, known);
    }
    known.inputs++;
    return known.place;
  };
  // States come after the streams, whose number is known only at the end: filled in then.
  const statePlaces: [place: number, state: number][] = [];
  const steps: (string | number | Uint8Array)[] = [];
  const stateAt = (key: string) => {
    statePlaces.push([steps.length, states.of(key)]);
    return 0;
  };
  for (const { inputs, effects, fences = [] } of commits) {
    steps.push(inputs.length);
    for (const { subscription, id } of inputs) steps.push(placeOf(subscription), id);
    const expected = expectations(effects);
    steps.push(effects.length + fences.length + expected.length);
    for (const { lease, epoch } of fences) {
      steps.push("e");
      steps.push(stateAt(keys.lease(lease)), "epoch", epoch);
    }
    for (const condition of expected) {
      if (condition === "never") {
        steps.push("x");
        continue;
      }
      const { scope, key, value } = condition;
      steps.push(value === null ? "n" : "e");
      steps.push(stateAt(keys.state(scope)), key);
      if (value !== null) steps.push(value);
    }
    for (const effect of effects) {
      switch (effect.kind) {
        case "append":
          steps.push("a", streams.of(keys.topic(effect.stream)), effect.body);
          break;
        case "publish":
          steps.push("p", keys.topic(effect.channel), effect.body);
          break;
        case "state":
          steps.push(effect.value === undefined ? "d" : "s");
          steps.push(stateAt(keys.state(effect.scope)), effect.key);
          if (effect.value !== undefined) steps.push(effect.value);
          break;
      }
    }
  }
  for (const [place, state] of statePlaces) steps[place] = streams.size + state;
  const heads = [...subscriptions.values()].flatMap(({ key, of, inputs }) => [
    key,
    of.group,
    of.consumer,
    inputs,
  ]);
  return {
    keys: [...streams.names, ...states.names],
    args: [streams.size, subscriptions.size, ...heads, ...steps],
  };
}

/** Splits a list of commits so that no call keeps the server busy for long. */
export function inParts(commits: readonly Commit[], most = 512, mostBytes = 2 * 1024 * 1024): Commit[][] {
  const parts: Commit[][] = [];
  let part: Commit[] = [];
  let bytes = 0;
  for (const commit of commits) {
    const size = commit.effects.reduce((sum, effect) => sum + sizeOf(effect), 0);
    if (part.length > 0 && (part.length >= most || bytes + size > mostBytes)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(commit);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function sizeOf(effect: Commit["effects"][number]): number {
  return effect.kind === "state" ? (effect.value?.length ?? 0) : effect.body.length;
}

/** Names with places, counted from 1. */
class Index {
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#places.size;
  }

  get names(): string[] {
    return [...this.#places.keys()];
  }

  of(name: string): number {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#places.size + 1;
      this.#places.set(name, place);
    }
    return place;
  }
}
