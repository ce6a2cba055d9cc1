// The delivery tree: everything that descends, inside this engine, from one entry of a stream. Messages emitted into
// memory topics are its branches; what is meant for streams, channels and state waits in its outbox. When the last
// branch has settled the tree is done: committed as one atomic step, or, when a branch failed, as nothing at all.
// Trees that a node joins become one, and are committed together.
import type { CommitInput, Effect } from "../backend/backend.ts";

export interface TreeFailure {
  readonly error: unknown;
  /** Id of the node that failed. */
  readonly node: string;
}

/** How a tree ended: `fenced`, another engine had taken its entry; `abandoned`, its entry comes again. */
export type TreeEnd = "committed" | "fenced" | "abandoned" | TreeFailure;

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

export class Tree {
  readonly owner: TreeOwner;
  readonly input: CommitInput;
  readonly #settler: TreeSettler;
  #open = 1;
  #effects: Effect[] = [];
  #bytes = 0;
  #failure: TreeFailure | undefined;
  #abandoned = false;
  /** Set once this tree was joined into another. */
  #joinedInto: Tree | undefined;
  #members: Tree[] = [this];
  #waitsFor: Set<Promise<boolean>> | undefined;
  #settled: PromiseWithResolvers<boolean> | undefined;

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
    return root.#abandoned || root.#failure !== undefined;
  }

  /** All trees that are committed with this one, itself included. */
  get members(): readonly Tree[] {
    return this.root.#members;
  }

  get effects(): readonly Effect[] {
    return this.root.#effects;
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
    root.settle();
  }

  /** Gives the tree up without a verdict: its entries stay pending and come again. Nothing of it is committed. */
  abandon(): void {
    this.root.#abandoned = true;
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
    root.#effects.push(effect);
  }

  /** Makes two trees one. Both must be open. */
  join(other: Tree): void {
    const [into, from] = [this.root, other.root];
    if (into === from) return;
    from.#joinedInto = into;
    into.#open += from.#open;
    into.#effects.push(...from.#effects);
    into.#bytes += from.#bytes;
    into.#failure ??= from.#failure;
    into.#abandoned ||= from.#abandoned;
    into.#members.push(...from.#members);
    for (const promise of from.#waitsFor ?? []) into.waitFor(promise);
    const resolvers = from.#settled;
    if (resolvers) into.outcome().then(resolvers.resolve);
  }

  /** This tree read what another one wrote and has not committed: it may only commit after that one did. */
  waitFor(outcome: Promise<boolean>): void {
    const root = this.root;
    root.#waitsFor ??= new Set();
    root.#waitsFor.add(outcome);
  }

  get waits(): ReadonlySet<Promise<boolean>> | undefined {
    return this.root.#waitsFor;
  }

  /** True once its effects are in the backend, false once it is certain that they will not be. */
  outcome(): Promise<boolean> {
    const root = this.root;
    root.#settled ??= Promise.withResolvers();
    return root.#settled.promise;
  }

  get isAbandoned(): boolean {
    return this.root.#abandoned;
  }

  /** For the committer, on the root: tells everyone who waits, and the owners. */
  conclude(end: TreeEnd): void {
    this.#settled?.resolve(end === "committed");
    for (const member of this.#members) member.owner.released(member, end);
  }
}
