// A worker's side of the channel to its supervisor.
import { isMessage, type SupervisorMessage, type WorkerMessage } from "./messages.ts";

/** Metrics of the other workers must be there by then; the supervisor answers sooner. */
const WAIT_MS = 3_000;

export class Supervised implements Disposable {
  readonly #waiting = new Map<number, (metrics: readonly (readonly object[])[]) => void>();
  readonly #ownMetrics: () => Promise<readonly object[]>;
  readonly #listener = (message: unknown) => {
    if (isMessage<SupervisorMessage>(message)) this.#heard(message);
  };
  #count = 0;

  /** `ownMetrics`: those of this process, as prom-client gives them. */
  constructor(ownMetrics: () => Promise<readonly object[]>) {
    this.#ownMetrics = ownMetrics;
    process.on("message", this.#listener);
  }

  tell(message: WorkerMessage): void {
    if (process.connected) process.send?.(message, () => undefined);
  }

  /** The metrics of the other workers, one list each. */
  async otherMetrics(): Promise<readonly (readonly object[])[]> {
    const question = ++this.#count;
    const { promise, resolve } = Promise.withResolvers<readonly (readonly object[])[]>();
    const timer = setTimeout(() => resolve([]), WAIT_MS);
    this.#waiting.set(question, resolve);
    this.tell({ kind: "ask-metrics", question });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(question);
    }
  }

  [Symbol.dispose](): void {
    process.off("message", this.#listener);
  }

  #heard(message: SupervisorMessage): void {
    switch (message.kind) {
      case "give-metrics":
        void this.#ownMetrics().then((metrics) => {
          this.tell({ kind: "metrics", question: message.question, metrics });
        });
        break;
      case "all-metrics":
        this.#waiting.get(message.question)?.(message.metrics);
        break;
    }
  }
}
