// Group commit: what is asked within one turn of the event loop becomes one SQLite transaction. Each step of it is
// all or nothing for itself: when one fails, the transaction is undone and the steps run again, each alone.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { backendClosed, errorText, MillraceError, storageFailed } from "../../base/errors/index.ts";

/** Runs once the step is durable, before its promise resolves. */
export type After = (action: () => void) => void;

interface Step {
  /** The disk must have it before the promise resolves. */
  readonly synced: boolean;
  readonly run: (after: After) => () => void;
  readonly reject: (error: unknown) => void;
}

export class Writer {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #file: string;
  readonly #undone: () => void;
  readonly #outcome: (failure: string | undefined) => void;
  #steps: Step[] = [];
  #synced = false;
  #closed = false;

  /** `undone`: forget what memory says, the database was rolled back. `outcome`: why writing failed, or that it works. */
  constructor(options: {
    database: DatabaseSync;
    file: string;
    undone: () => void;
    outcome: (failure: string | undefined) => void;
  }) {
    this.#database = options.database;
    this.#begin = options.database.prepare("BEGIN IMMEDIATE");
    this.#commit = options.database.prepare("COMMIT");
    this.#file = options.file;
    this.#undone = options.undone;
    this.#outcome = options.outcome;
  }

  /**
   * Runs `work` inside a transaction, soon. It may run twice, so it must take all it knows from the database. With
   * `synced` the promise resolves when the disk has it; without, a crash of the machine (not of the process) may undo it.
   */
  transact<T>(work: (after: After) => T, { synced = false } = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(backendClosed({}));
        return;
      }
      this.#steps.push({
        synced,
        run: (after) => {
          const result = work(after);
          return () => resolve(result);
        },
        reject,
      });
      if (this.#steps.length === 1) setImmediate(() => this.#flush());
    });
  }

  /** Writes what was asked so far, then refuses. */
  close(): void {
    this.#flush();
    this.#closed = true;
  }

  #flush(): void {
    const steps = this.#steps;
    this.#steps = [];
    if (steps.length === 0) return;
    try {
      this.#write(steps);
    } catch (error) {
      if (steps.length === 1) this.#refuse(steps, error);
      else for (const step of steps) this.#alone(step);
    }
  }

  #alone(step: Step): void {
    try {
      this.#write([step]);
    } catch (error) {
      this.#refuse([step], error);
    }
  }

  #write(steps: readonly Step[]): void {
    const actions: (() => void)[] = [];
    const after: After = (action) => void actions.push(action);
    const finished: (() => void)[] = [];
    // It cannot be changed inside a transaction, and costs nothing before one.
    this.#sync(steps.some(({ synced }) => synced));
    this.#begin.run();
    try {
      for (const step of steps) finished.push(step.run(after));
      this.#commit.run();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#undone();
      throw error;
    }
    this.#outcome(undefined);
    for (const action of actions) action();
    for (const finish of finished) finish();
  }

  /** In WAL mode, NORMAL does not wait for the disk, and FULL waits for this and everything before it. */
  #sync(synced: boolean): void {
    if (synced === this.#synced) return;
    this.#database.exec(`PRAGMA synchronous = ${synced ? "FULL" : "NORMAL"}`);
    this.#synced = synced;
  }

  #refuse(steps: readonly Step[], cause: unknown): void {
    let error = cause;
    if (!(cause instanceof MillraceError)) {
      error = storageFailed({ file: this.#file, reason: errorText(cause) }, { cause });
      this.#outcome(errorText(error));
    }
    for (const step of steps) step.reject(error);
  }
}
