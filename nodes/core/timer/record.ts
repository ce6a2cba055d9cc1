// What a timer remembers: the last due time, how many ticks there were, and its last runs.
import type { NodeContext } from "@millrace/sdk";

export interface Run {
  readonly due: number;
  readonly time: number;
  readonly status: "sent" | "failed" | "skipped";
  /** A person pressed the button. */
  readonly manual?: boolean;
  readonly error?: string;
}

export interface TimerState {
  /** The schedule that this is about; another one begins anew. */
  readonly schedule: string;
  readonly lastDue: number;
  readonly ticks: number;
  /** The ticks are numbered within it. */
  readonly series?: string;
  /** The tick that is being sent: whether it was is not known when its engine is killed now. */
  readonly sending?: number;
  /** Oldest first. */
  readonly runs: readonly Run[];
}

const KEY = "timer";
const KEPT_RUNS = 20;
const SAVE_EVERY_MS = 1_000;

export class TimerRecord {
  readonly #context: Pick<NodeContext, "state" | "after" | "log">;
  #state: TimerState;
  #timer: Disposable | undefined;

  private constructor(context: Pick<NodeContext, "state" | "after" | "log">, state: TimerState) {
    this.#context = context;
    this.#state = state;
  }

  /** Reads what is kept for this schedule; a new schedule starts now, and keeps the runs to look at. */
  static async open(
    context: Pick<NodeContext, "state" | "after" | "log">,
    schedule: string,
    now: number,
  ): Promise<TimerRecord> {
    const kept = await context.state.get<TimerState>(KEY);
    if (kept?.schedule === schedule) return new TimerRecord(context, kept);
    const series = now.toString(36);
    const runs = kept?.runs ?? [];
    const record = new TimerRecord(context, { schedule, lastDue: now, ticks: 0, series, runs });
    await record.#save();
    return record;
  }

  get lastDue(): number {
    return this.#state.lastDue;
  }
  get ticks(): number {
    return this.#state.ticks;
  }
  /** Of the tick that began last. */
  get place(): { series: string; number: number } | undefined {
    const { series, ticks } = this.#state;
    return series === undefined ? undefined : { series, number: ticks };
  }
  /** When the tick was due of which an earlier run did not know whether it was sent. */
  get unsure(): number | undefined {
    return this.#state.sending;
  }
  get lastRun(): Run | undefined {
    return this.#state.runs.at(-1);
  }

  /** A tick is about to be sent. When `durable`, resolves only after this is kept: it will not be sent twice. */
  begin(due: number, durable: boolean): Promise<void> | undefined {
    this.#state = {
      ...this.#state,
      lastDue: Math.max(due, this.#state.lastDue),
      ticks: this.#state.ticks + 1,
      sending: due,
    };
    return durable ? this.#save() : undefined;
  }

  /** What was due until now has been made up for, or is left out for good. */
  async skipTo(time: number): Promise<void> {
    if (time <= this.#state.lastDue) return;
    this.#state = { ...this.#state, lastDue: time };
    await this.#save();
  }

  /** A run ended. Written soon, not at once: it is there to look at. */
  end(run: Run): void {
    const { sending, ...state } = this.#state;
    const open = sending !== undefined && sending !== run.due ? { sending } : {};
    this.#state = { ...state, ...open, runs: [...state.runs.slice(1 - KEPT_RUNS), run] };
    this.#timer ??= this.#context.after(SAVE_EVERY_MS, async () => {
      this.#timer = undefined;
      await this.#save();
    });
  }

  async close(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    if (this.#timer) await this.#save();
    this.#timer = undefined;
  }

  #save(): Promise<void> {
    return this.#context.state.set(KEY, this.#state);
  }
}
