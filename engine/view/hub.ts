// The live rooms: what flows tell while they run, for whoever watches. Events are made only for rooms that someone
// watches; with other engines on the backend, rooms show theirs too (relay.ts).
import { disposable } from "../base/disposable.ts";
import type { LiveEvent } from "../control.ts";

/** Makes a room's events while somebody watches it; returns how to stop. */
export type RoomSource = (room: string, show: (event: LiveEvent) => void) => Disposable;

/** What a room shows at once to someone who has just come. */
export type RoomGreeting = (room: string) => readonly LiveEvent[];

interface Room {
  /** People here: they see what happens on every engine. */
  readonly watchers: Set<(event: LiveEvent) => void>;
  /** Other engines that people watch at: they are told what happens here. */
  readonly engines: Set<(event: LiveEvent) => void>;
  source: Disposable | undefined;
}

export class LiveHub implements Disposable {
  readonly #rooms = new Map<string, Room>();
  readonly #source: RoomSource;
  readonly #greeting: RoomGreeting;

  constructor(options: { source: RoomSource; greeting: RoomGreeting }) {
    this.#source = options.source;
    this.#greeting = options.greeting;
  }

  isWatched(room: string): boolean {
    return this.#rooms.has(room);
  }

  /** Rooms that people watch here. */
  watchedRooms(): string[] {
    return [...this.#rooms].filter(([, room]) => room.watchers.size > 0).map(([name]) => name);
  }

  /** Shows the room to someone: what is known at once, then what happens here and elsewhere. */
  watch(name: string, listener: (event: LiveEvent) => void): Disposable {
    return this.#enter(name, listener, "watchers");
  }

  /** The same, but only what happens here. */
  watchHere(name: string, listener: (event: LiveEvent) => void): Disposable {
    return this.#enter(name, listener, "engines");
  }

  /** Something happened here. Nobody there: nothing happens. */
  show(name: string, event: LiveEvent): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    for (const listener of room.watchers) listener(event);
    for (const listener of room.engines) listener(event);
  }

  /** Something happened on another engine. */
  showFromElsewhere(name: string, event: LiveEvent): void {
    for (const listener of this.#rooms.get(name)?.watchers ?? []) listener(event);
  }

  [Symbol.dispose](): void {
    for (const name of [...this.#rooms.keys()]) this.#close(name);
  }

  #enter(name: string, listener: (event: LiveEvent) => void, as: "watchers" | "engines"): Disposable {
    let room = this.#rooms.get(name);
    if (!room) {
      room = { watchers: new Set(), engines: new Set(), source: undefined };
      this.#rooms.set(name, room);
      room.source = this.#source(name, (event) => this.show(name, event));
    }
    const entered = room;
    for (const event of this.#greeting(name)) listener(event);
    entered[as].add(listener);
    return disposable(() => {
      entered[as].delete(listener);
      if (entered.watchers.size + entered.engines.size === 0) this.#close(name);
    });
  }

  #close(name: string): void {
    const room = this.#rooms.get(name);
    this.#rooms.delete(name);
    room?.source?.[Symbol.dispose]();
  }
}
