// What a deploy leaves in the backend: told when the revision stands, and removed once every engine has gone over to it.
import type { Problem } from "../base/errors/index.ts";
import { Leftovers, type LeftoversOptions, leftoverProblems } from "./leftovers.ts";
import { leftBehindProblems } from "./repartition.ts";

export interface AftermathOptions extends LeftoversOptions {
  /** Whether all other engines have gone over to the revision, or a later one. */
  readonly othersReached: (revision: number) => boolean;
}

export class Aftermath {
  readonly #options: AftermathOptions;
  readonly #leftovers: Leftovers;
  /** The last revision after which nothing is left over. */
  #tidied = 0;

  constructor(options: AftermathOptions) {
    this.#options = options;
    this.#leftovers = new Leftovers(options);
  }

  /** Messages that waited for readers that were removed, by topic. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#leftovers.dropped;
  }

  /** What people should know of, before anything is removed. `document`: the flow as the revision says it. */
  async look(document: object, revision: number): Promise<Problem[]> {
    const { flow, backend, history } = this.#options;
    const left = leftoverProblems(document, await this.#leftovers.find(document, revision));
    return [...left, ...(await leftBehindProblems({ flow, backend, history, document, revision }))];
  }

  /**
   * Removes the groups of readers that the revision does not have, if all engines are there; once for a revision. Only
   * to be called when nothing of this engine reads for an earlier one, and the revision is not to be taken back.
   */
  async tidy(document: object, revision: number): Promise<void> {
    const { flow, backend, history, log, othersReached } = this.#options;
    if (revision === this.#tidied || !othersReached(revision)) return;
    for (const leftover of await this.#leftovers.find(document, revision))
      await this.#leftovers.remove(leftover, revision);
    const behind = await leftBehindProblems({ flow, backend, history, document, revision });
    for (const { message } of behind) log.warn(message);
    this.#tidied = revision;
  }
}
