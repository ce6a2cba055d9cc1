// Metrics of all workers for the one that was asked: its question goes to the others, and their answers go back.
import type { WorkerProcess } from "./worker.ts";

/** Who has not answered by then is left out. */
const WAIT_MS = 2_000;

interface Question {
  readonly from: number;
  /** As the one who asks calls it. */
  readonly question: number;
  readonly open: Set<number>;
  readonly answers: (readonly object[])[];
  readonly timer: NodeJS.Timeout;
}

export class MetricsExchange {
  readonly #processOf: (number: number) => WorkerProcess | undefined;
  readonly #questions = new Map<number, Question>();
  #count = 0;

  constructor(processOf: (number: number) => WorkerProcess | undefined) {
    this.#processOf = processOf;
  }

  /** `running`: the workers that there are now. */
  ask(from: number, question: number, running: readonly number[]): void {
    const id = ++this.#count;
    const open = new Set(running.filter((number) => number !== from));
    const timer = setTimeout(() => this.#answer(id), WAIT_MS);
    this.#questions.set(id, { from, question, open, answers: [], timer });
    for (const number of open) this.#processOf(number)?.tell({ kind: "give-metrics", question: id });
    if (open.size === 0) this.#answer(id);
  }

  take(number: number, id: number, metrics: readonly object[]): void {
    const question = this.#questions.get(id);
    if (!question?.open.delete(number)) return;
    question.answers.push(metrics);
    if (question.open.size === 0) this.#answer(id);
  }

  /** This worker will not answer any more. */
  gone(number: number): void {
    for (const [id, question] of this.#questions) {
      question.open.delete(number);
      if (question.open.size === 0) this.#answer(id);
    }
  }

  #answer(id: number): void {
    const question = this.#questions.get(id);
    if (!question) return;
    this.#questions.delete(id);
    clearTimeout(question.timer);
    const metrics = question.answers;
    this.#processOf(question.from)?.tell({ kind: "all-metrics", question: question.question, metrics });
  }
}
