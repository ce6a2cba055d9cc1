// One worker as its supervisor sees it: a process that is started, heard, told to stop, and that ends.
import cluster, { type Worker as Process } from "node:cluster";
import { LineCutter, numbered } from "./lines.ts";
import { isMessage, SIGNALS_AS_MESSAGES, type SupervisorMessage, type WorkerMessage } from "./messages.ts";
import type { WorkerEnd } from "./policy.ts";

export interface WorkerProcessOptions {
  readonly number: number;
  /** The engine's bin.mjs. */
  readonly program: string;
  readonly words: readonly string[];
  /** A whole line of what it printed, with its number and a line break. */
  readonly write: (line: string) => void;
  readonly onMessage: (message: WorkerMessage) => void;
  /** Once. `code` null: by a signal. */
  readonly onEnd: (end: WorkerEnd, how: { code: number | null; signal: string | null }) => void;
}

export class WorkerProcess {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly #process: Process;
  #hearsMessages = false;
  #stops = false;

  constructor(options: WorkerProcessOptions) {
    const { number, program, words, write, onMessage, onEnd } = options;
    // Of node:cluster for what it does to listening: all workers take calls at the same port.
    cluster.setupPrimary({ exec: program, args: [...words], silent: true });
    this.#process = cluster.fork({ MILLRACE_LAUNCHED: "1" });
    const child = this.#process.process;
    this.pid = child.pid ?? 0;
    const flush: (() => void)[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      const cutter = new LineCutter();
      const show = (lines: readonly string[]) => {
        for (const line of lines) write(`${numbered(line, number)}\n`);
      };
      stream.setEncoding("utf8").on("data", (piece: string) => show(cutter.take(piece)));
      flush.push(() => show(cutter.rest()));
    }
    this.#process.on("message", (message: unknown) => {
      if (message === SIGNALS_AS_MESSAGES) this.#hearsMessages = true;
      else if (isMessage<WorkerMessage>(message)) {
        if (message.kind === "stopping") this.#stops = true;
        onMessage(message);
      }
    });
    this.#process.on("error", () => undefined); // its channel broke off; the end tells
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    child.once("close", (code, signal) => {
      for (const show of flush) show();
      onEnd(endOf(code, this.#stops), { code, signal });
      resolve();
    });
  }

  tell(message: SupervisorMessage): void {
    if (this.#process.isConnected()) this.#process.send(message, () => undefined);
  }

  /** Passes a signal on: the first drains it, the second ends it at once. */
  signal(name: NodeJS.Signals): void {
    if (this.#hearsMessages && this.#process.isConnected()) this.#process.send(name, () => undefined);
    else this.#process.process.kill(name);
  }
}

/** 2 and 3 are said with a sentence: wrong usage, and what keeps it from starting. */
function endOf(code: number | null, stops: boolean): WorkerEnd {
  if (code === 0 && stops) return "left";
  return code === 2 || code === 3 ? "refused" : "crashed";
}
