// Commits finished trees: many in one call, one call at a time, in the order in which they finished.
import type { Commit, StreamStore } from "../backend/backend.ts";
import { failpoint } from "../base/failpoints.ts";
import type { Tree, TreeSettler } from "./tree.ts";

/** Trees in one call at most. */
const BATCH = 256;

export class Committer implements TreeSettler {
  readonly #streams: StreamStore;
  #ready: Tree[] = [];
  #running: Promise<void> | undefined;
  readonly #afterEffect = failpoint("after-effect");
  readonly #beforeCommit = failpoint("before-commit");
  readonly #afterCommit = failpoint("after-commit");

  constructor(streams: StreamStore) {
    this.#streams = streams;
  }

  settle(root: Tree): void {
    const held = this.#afterEffect?.();
    if (held) void held.then(() => this.#settle(root));
    else this.#settle(root);
  }

  #settle(root: Tree): void {
    if (root.isAbandoned) {
      root.conclude("abandoned");
      return;
    }
    if (root.failure) {
      root.conclude(root.failure);
      return;
    }
    if (root.isDoomed) {
      root.conclude("undone");
      return;
    }
    const waits = root.waits;
    if (waits) void this.#settleAfter(root, waits);
    else this.#enqueue(root);
  }

  /** Resolves when everything handed over so far is concluded. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Commits on its own, beside the trees: true when it was applied. */
  async commit(commit: Commit): Promise<boolean> {
    const [applied] = await this.#streams.commit([commit]);
    return applied ?? false;
  }

  #enqueue(root: Tree): void {
    this.#ready.push(root);
    this.#running ??= this.#run();
  }

  /** It rests on what others have not committed yet: it holds only if theirs does. */
  async #settleAfter(root: Tree, waits: ReadonlySet<Tree>): Promise<void> {
    const outcomes = await Promise.all([...waits].map((tree) => tree.outcome()));
    if (root.root !== root) return; // became part of a tree that rested on it, and ends with that
    if (outcomes.every(Boolean)) this.#enqueue(root);
    else root.conclude("undone");
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // whatever finishes in the same turn goes along
    while (this.#ready.length > 0) {
      const batch = this.#ready.splice(0, BATCH);
      try {
        if (this.#beforeCommit) await this.#beforeCommit();
        const applied = await this.#streams.commit(batch.map(commitOf));
        if (this.#afterCommit) await this.#afterCommit();
        batch.forEach((root, index) => void root.conclude(applied[index] ? "committed" : "fenced"));
      } catch (error) {
        if (batch.length === 1) batch[0]?.conclude({ error, node: "" });
        else await this.#commitSingly(batch);
      }
    }
    this.#running = undefined; // in the turn that found nothing ready: what comes now starts anew
  }

  /** One of the batch was refused: find out which, so that the others go through. */
  async #commitSingly(batch: readonly Tree[]): Promise<void> {
    for (const root of batch) {
      try {
        const [applied] = await this.#streams.commit([commitOf(root)]);
        root.conclude(applied ? "committed" : "fenced");
      } catch (error) {
        root.conclude({ error, node: "" });
      }
    }
  }
}

function commitOf(root: Tree): Commit {
  const { effects, fences } = root;
  const inputs = root.members.map((member) => member.input);
  return fences ? { inputs, effects, fences } : { inputs, effects };
}
