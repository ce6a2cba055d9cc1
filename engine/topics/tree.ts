// The delivery tree: everything that descends, inside this engine, from one entry of a stream. Messages emitted into
// memory topics are its branches; what is meant for streams, channels and state waits in its outbox. When the last
// branch has settled the tree is done: committed as one atomic step, or, when a branch failed, as nothing at all.
// Trees that a node joins become one, and are committed together.
import type { CommitInput, Effect, Fence } from "../backend/backend.ts";

export interface TreeFailure {
  readonly error: unknown;
  /** Id of the node that failed. */
  readonly node: string;
}

/**
 * How a tree ended. `fenced`: the backend did not apply it, since its entry or lease is another engine's, or since state
 * had changed. `undone`: it rested on another tree that was not applied. `abandoned`: it was given up without a verdict.
 */
export type TreeEnd = "committed" | "fenced" | "undone" | "abandoned" | TreeFailure;

/** Who opened a tree, and hears once how it ended. */
export interface TreeOwner {
  released(tree: Tree, end: TreeEnd): void;
}

/** Takes trees whose last branch has settled. */
export interface TreeSettler {
  settle(root: Tree): void;
}

/** Bytes that a tree may hold back for its commit. */
export const OUTBOX_LIMIT_BYTES = 16 * 1024 * 1024;

interface Held {
  readonly order: number;
  readonly effect: Effect;
}

/** Counts effects, so that those of joined trees keep the order in which they were caused. */
let held = 0;

export class Tree {
  readonly owner: TreeOwner;
  readonly input: CommitInput;
  readonly #settler: TreeSettler;
  #open = 1;
  #effects: Held[] = [];
  #bytes = 0;
  #failure: TreeFailure | undefined;
  #abandoned = false;
  /** Set once this tree was joined into another. */
  #joinedInto: Tree | undefined;
  #members: Tree[] = [this];
  #waitsFor: Set<Tree> | undefined;
  /** Trees that wait for this one. */
  #dependents: Set<Tree> | undefined;
  /** A tree that it rests on will not be committed, and so neither will it. */
  #doomed = false;
  /** Who holds branches of it, to be told when nothing will come of it. */
  #holders: (() => void)[] | undefined;
  #fences: Fence[] | undefined;
  #reads: Map<string, Uint8Array | null> | undefined;
  #settled: PromiseWithResolvers<boolean> | undefined;
  /** Known once it has ended. */
  #committed: boolean | undefined;

  constructor(owner: TreeOwner, settler: TreeSettler, input: CommitInput) {
    this.owner = owner;
    this.#settler = settler;
    this.input = input;
  }

  /** The tree that speaks for this one. */
  get root(): Tree {
    let root: Tree = this;
    while (root.#joinedInto) root = root.#joinedInto;
    return root;
  }

  get failure(): TreeFailure | undefined {
    return this.root.#failure;
  }

  /** Nothing of it will be published any more: more work on it is wasted. */
  get isLost(): boolean {
    const root = this.root;
    return root.#abandoned || root.#doomed || root.#failure !== undefined;
  }

  get isDoomed(): boolean {
    return this.root.#doomed;
  }

  /** All trees that are committed with this one, itself included. */
  get members(): readonly Tree[] {
    return this.root.#members;
  }

  get effects(): readonly Effect[] {
    return this.root.#effects.map(({ effect }) => effect);
  }

  get fences(): readonly Fence[] | undefined {
    return this.root.#fences;
  }

  /** It may be committed only while this lease is in this epoch. */
  guard(fence: Fence): void {
    const root = this.root;
    root.#fences ??= [];
    if (!root.#fences.includes(fence)) root.#fences.push(fence);
  }

  /** One more branch. */
  branch(): void {
    this.root.#open++;
  }

  /** A branch (or the root delivery itself) has settled. */
  settle(): void {
    const root = this.root;
    root.#open--;
    if (root.#open === 0) root.#settler.settle(root);
  }

  /** A branch has failed for good: the first failure decides. */
  fail(failure: TreeFailure): void {
    const root = this.root;
    root.#failure ??= failure;
    root.#lost();
    root.settle();
  }

  /** Gives the tree up without a verdict: its entries stay pending and come again. Nothing of it is committed. */
  abandon(): void {
    this.root.#abandoned = true;
    this.root.#lost();
  }

  /** Calls back once, and soon, when nothing of it will be published any more: what is held of it waits in vain. */
  whenLost(listener: () => void): void {
    const root = this.root;
    root.#holders ??= [];
    root.#holders.push(listener);
    if (root.isLost) root.#lost();
  }

  /** Holds an effect back until the commit. Throws when the outbox is full. */
  hold(effect: Effect): void {
    const root = this.root;
    const size = effect.kind === "state" ? (effect.value?.length ?? 0) : effect.body.length;
    if (root.#bytes + size > OUTBOX_LIMIT_BYTES) {
      throw new RangeError(
        `One message may not cause more than ${OUTBOX_LIMIT_BYTES / 1024 / 1024} MB of output. Split it into smaller messages first.`,
      );
    }
    root.#bytes += size;
    root.#effects.push({ order: held++, effect });
  }

  /** Makes two trees one. This one must be open. */
  join(other: Tree): void {
    const [into, from] = [this.root, other.root];
    if (into === from) return;
    from.#joinedInto = into;
    into.#open += from.#open;
    if (from.#effects.length > 0) {
      into.#effects.push(...from.#effects);
      into.#effects.sort((a, b) => a.order - b.order);
    }
    into.#bytes += from.#bytes;
    into.#failure ??= from.#failure;
    into.#abandoned ||= from.#abandoned;
    into.#doomed ||= from.#doomed;
    for (const dependent of from.#dependents ?? []) {
      into.#dependents ??= new Set();
      into.#dependents.add(dependent);
    }
    if (from.#holders) into.#holders = [...(into.#holders ?? []), ...from.#holders];
    if (into.isLost) into.#lost();
    into.#members.push(...from.#members);
    for (const fence of from.#fences ?? []) into.guard(fence);
    for (const [name, value] of from.#reads ?? []) into.remember(name, value);
    const resolvers = from.#settled;
    if (resolvers) into.outcome().then(resolvers.resolve);
    for (const tree of from.#waitsFor ?? []) into.waitFor(tree);
    into.#untangle();
  }

  /** This tree rests on what another one has not committed yet: it may only commit after that one did. */
  waitFor(other: Tree): void {
    const root = this.root;
    if (other.root === root) return;
    root.#waitsFor ??= new Set();
    root.#waitsFor.add(other);
    const rests = other.root;
    if (rests.isLost || rests.#committed === false) root.#doom();
    rests.#dependents ??= new Set();
    rests.#dependents.add(root);
    root.#untangle();
  }

  /** Trees that rest on each other cannot go one after the other: they are committed together. */
  #untangle(): void {
    for (const tree of this.#waitsFor ?? []) {
      if (tree.root === this) this.#waitsFor?.delete(tree);
      else if (tree.root.#reaches(this, new Set())) {
        this.join(tree);
        return;
      }
    }
  }

  #lost(): void {
    this.#doomDependents();
    const holders = this.#holders;
    this.#holders = undefined;
    // Not at once: whoever caused it is not done with the tree yet.
    if (holders) queueMicrotask(() => holders.forEach((tell) => void tell()));
  }

  #doomDependents(): void {
    const dependents = this.#dependents;
    this.#dependents = undefined;
    for (const dependent of dependents ?? []) if (dependent.root !== this) dependent.root.#doom();
  }

  #doom(): void {
    if (this.#doomed) return;
    this.#doomed = true;
    this.#lost();
  }

  #reaches(target: Tree, seen: Set<Tree>): boolean {
    seen.add(this);
    for (const tree of this.#waitsFor ?? []) {
      const { root } = tree;
      if (root === target || (!seen.has(root) && root.#reaches(target, seen))) return true;
    }
    return false;
  }

  /** The trees whose outcome it has to wait for; undefined: none. */
  get waits(): ReadonlySet<Tree> | undefined {
    const { root } = this;
    return root.#waitsFor?.size ? root.#waitsFor : undefined;
  }

  /** Keeps what this tree read (null: nothing), or wrote, of state; the first time it looked decides. */
  remember(name: string, value: Uint8Array | null, options: { written?: boolean } = {}): void {
    const root = this.root;
    root.#reads ??= new Map();
    if (options.written || !root.#reads.has(name)) root.#reads.set(name, value);
  }

  /** Undefined: it has not looked. */
  recall(name: string): Uint8Array | null | undefined {
    return this.root.#reads?.get(name);
  }

  /** True once its effects are in the backend, false once it is certain that they will not be. */
  outcome(): Promise<boolean> {
    const root = this.root;
    if (root.#committed !== undefined) return Promise.resolve(root.#committed);
    root.#settled ??= Promise.withResolvers();
    return root.#settled.promise;
  }

  get isAbandoned(): boolean {
    return this.root.#abandoned;
  }

  /** For the committer, on the root: tells everyone who waits, and the owners. */
  conclude(end: TreeEnd): void {
    this.#waitsFor = undefined;
    this.#committed = end === "committed";
    if (!this.#committed) this.#doomDependents();
    this.#dependents = undefined;
    this.#settled?.resolve(this.#committed);
    for (const member of this.#members) member.owner.released(member, end);
  }
}
