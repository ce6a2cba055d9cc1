// Runs N engines as processes of this machine: starts each, starts again what ended, with growing pauses, and in safe
// mode what keeps crashing. All take calls of the flows' endpoints at one port; the first serves people.
import type { StartLine } from "../show/start.ts";
import type { WorkerMessage } from "./messages.ts";
import { MetricsExchange } from "./metrics-exchange.ts";
import { afterEnd, NO_HISTORY, type RestartRules, type WorkerEnd, type WorkerHistory } from "./policy.ts";
import { wordsOf } from "./words.ts";
import { WorkerProcess } from "./worker.ts";

export interface SupervisorOptions {
  readonly count: number;
  readonly program: string;
  /** What the user wrote behind `engine`. */
  readonly words: readonly string[];
  readonly name: string | undefined;
  readonly port: number;
  readonly httpPort: number;
  readonly rules: RestartRules;
  readonly write: (line: string) => void;
  /** Something of the supervisor's own to tell people. */
  readonly note: (text: string) => void;
  /** A worker that was a member of the cluster is gone: nobody need wait for its lease. */
  readonly onGone: (consumer: string) => void;
  /** The first worker has started for the first time. */
  readonly onStarted: (lines: readonly StartLine[]) => void;
  /** All workers run all flows, for the first time. */
  readonly onReady: () => void;
}

interface Place {
  readonly number: number;
  process: WorkerProcess | undefined;
  history: WorkerHistory;
  startedAt: number;
  consumer: string | undefined;
  ready: boolean;
  timer: NodeJS.Timeout | undefined;
}

export class Supervisor implements AsyncDisposable {
  /** The first worker cannot start at all: the exit code that says so. */
  readonly refused: Promise<2 | 3>;
  readonly #refuse: (code: 2 | 3) => void;
  readonly #options: SupervisorOptions;
  readonly #places: Place[];
  readonly #exchange: MetricsExchange;
  #hasStarted = false;
  #wasReady = false;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<2 | 3>();
    this.refused = promise;
    this.#refuse = resolve;
    this.#places = Array.from({ length: options.count }, (_, index) => ({
      number: index + 1,
      process: undefined,
      history: NO_HISTORY,
      startedAt: 0,
      consumer: undefined,
      ready: false,
      timer: undefined,
    }));
    this.#exchange = new MetricsExchange((number) => this.#places[number - 1]?.process);
    const [first] = this.#places;
    if (first) this.#start(first);
  }

  /** Drains all workers. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const place of this.#places) clearTimeout(place.timer);
    const running = this.#places.flatMap(({ process }) => process ?? []);
    for (const process of running) process.signal("SIGTERM");
    await Promise.all(running.map(({ ended }) => ended));
  }

  #start(place: Place): void {
    const { program, words, name, port, httpPort, write } = this.#options;
    const { number, history } = place;
    place.startedAt = performance.now();
    place.process = new WorkerProcess({
      number,
      program,
      words: wordsOf(words, { number, port, httpPort, name, safe: history.safe }),
      write,
      onMessage: (message) => this.#heard(place, message),
      onEnd: (end, how) => this.#ended(place, end, how),
    });
  }

  #heard(place: Place, message: WorkerMessage): void {
    switch (message.kind) {
      case "started":
        if (place.number === 1) this.#firstStarted(message.lines);
        break;
      case "ready":
        place.ready = true;
        this.#tellWhenReady();
        break;
      case "member":
        place.consumer = message.consumer;
        break;
      case "ask-metrics":
        this.#exchange.ask(place.number, message.question, this.#running());
        break;
      case "metrics":
        this.#exchange.take(place.number, message.question, message.metrics);
        break;
      case "stopping":
        break;
    }
  }

  /** It has seen to what is made once (token, library of functions): now the others go. */
  #firstStarted(lines: readonly StartLine[]): void {
    if (this.#hasStarted || this.#stopping) return;
    this.#hasStarted = true;
    this.#options.onStarted(lines);
    for (const place of this.#places) if (place.number > 1) this.#start(place);
  }

  #tellWhenReady(): void {
    if (this.#wasReady || !this.#places.every(({ ready }) => ready)) return;
    this.#wasReady = true;
    this.#options.onReady();
  }

  #ended(place: Place, end: WorkerEnd, how: { code: number | null; signal: string | null }): void {
    const { onGone, note, rules } = this.#options;
    const at = performance.now();
    place.process = undefined;
    place.ready = false;
    this.#exchange.gone(place.number);
    if (place.consumer !== undefined) onGone(place.consumer);
    place.consumer = undefined;
    if (this.#stopping) return;
    if (end === "refused" && !this.#hasStarted && place.history === NO_HISTORY) {
      this.#refuse(how.code === 2 ? 2 : 3);
      return;
    }
    const wasSafe = place.history.safe;
    const livedMs = at - place.startedAt;
    place.history = afterEnd(place.history, { end, at, livedMs }, rules);
    const { pauseMs, safe } = place.history;
    note(sayEnd(place.number, { ...how, pauseMs, end }));
    if (safe && !wasSafe) note(saySafe(place.number, rules));
    place.timer = setTimeout(() => this.#start(place), pauseMs);
  }

  #running(): number[] {
    return this.#places.flatMap(({ number, process }) => (process ? [number] : []));
  }
}

function sayEnd(
  number: number,
  {
    code,
    signal,
    pauseMs,
    end,
  }: { code: number | null; signal: string | null; pauseMs: number; end: WorkerEnd },
): string {
  const how = end === "left" ? "has stopped" : `ended by ${signal ?? `exit code ${code}`}`;
  const when = pauseMs === 0 ? "at once" : `in ${pauseMs / 1000} s`;
  return `Worker ${number} ${how}; it is started again ${when}.`;
}

function saySafe(number: number, { crashes, crashWindowMs }: RestartRules): string {
  return `Worker ${number} has crashed ${crashes} times within ${crashWindowMs / 1000} s, so it starts in safe mode: no flow runs there, the editor does. Repair what ends it and deploy, or start the flow by hand; either leaves safe mode.`;
}
