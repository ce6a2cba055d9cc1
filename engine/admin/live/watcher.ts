// One socket's rooms. Asks the engine for each, passes on what the room's allowance and the socket's buffer let
// through, and says every second how much was left out. Rooms that show a state are told anew after a loss.
import type { Clock, ClockTimer } from "../../base/clock.ts";
import type { EngineControl, LiveEvent } from "../../control.ts";
import { Allowance } from "./allowance.ts";

/** What a watcher needs of a socket. */
export interface LiveSink {
  send(event: LiveEvent): void;
  /** Bytes and events that wait for the network are within bounds. */
  clear(): boolean;
}

interface Watched {
  readonly allowance: Allowance;
  readonly watch: Disposable;
}

const STATE_ROOM = /^(status:|engines$)/;

export class Watcher implements Disposable {
  readonly #engine: EngineControl;
  readonly #sink: LiveSink;
  readonly #clock: Clock;
  readonly #rooms = new Map<string, Watched>();
  #turn: Promise<unknown> = Promise.resolve();
  #timer: ClockTimer | undefined;
  #closed = false;

  constructor(options: { engine: EngineControl; sink: LiveSink; clock: Clock }) {
    this.#engine = options.engine;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#tick();
  }

  /** Makes these the rooms that are heard, and resolves with those the engine refused. One change at a time. */
  watch(rooms: readonly string[]): Promise<string[]> {
    const turn = this.#turn.then(() => this.#change(new Set(rooms)));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const room of [...this.#rooms.keys()]) this.#leave(room);
  }

  async #change(wanted: ReadonlySet<string>): Promise<string[]> {
    for (const room of [...this.#rooms.keys()]) if (!wanted.has(room)) this.#leave(room);
    const refused: string[] = [];
    for (const room of wanted) {
      if (this.#closed || this.#rooms.has(room)) continue;
      const joined = await this.#join(room).catch(() => false);
      if (!joined) refused.push(room);
    }
    return refused;
  }

  async #join(room: string): Promise<boolean> {
    const allowance = new Allowance(room);
    const watch = await this.#engine.watch(room, (event) => {
      if (!this.#closed && allowance.take(this.#sink.clear())) this.#sink.send(event);
    });
    if (this.#closed) watch[Symbol.dispose]();
    else this.#rooms.set(room, { allowance, watch });
    return true;
  }

  #leave(room: string): void {
    const watched = this.#rooms.get(room);
    this.#rooms.delete(room);
    watched?.watch[Symbol.dispose]();
  }

  #tick(): void {
    this.#timer = this.#clock.schedule(1000, () => {
      for (const [room, { allowance }] of this.#rooms) this.#report(room, allowance.nextSecond());
      this.#tick();
    });
  }

  #report(room: string, count: number): void {
    if (count === 0) return;
    this.#engine.leftOut(count);
    this.#sink.send({ name: "left-out", data: { room, count } });
    if (!STATE_ROOM.test(room) || !this.#sink.clear()) return;
    this.#turn = this.#turn
      .then(async () => {
        if (!this.#rooms.has(room)) return;
        this.#leave(room);
        await this.#join(room);
      })
      .catch(() => undefined);
  }
}
