// What a stream with one group must do, as plain data: the backends are run against it, command by command.

export interface ModelEntry {
  readonly body: string;
  /** Undefined: not read yet. "settled": by anyone. Otherwise the consumer that holds it. */
  state: { readonly heldBy: string } | "settled" | undefined;
}

export class StreamModel {
  /** Oldest first; trimmed ones leave. */
  entries: ModelEntry[] = [];
  /** What commits appended to the stream beside it. */
  readonly output: string[] = [];
  readonly #marks = new Map<string, number>();

  /** Bodies that are new for the producer's high-water mark. */
  publish(producer: string, sequence: number, bodies: readonly string[]): string[] {
    const high = this.#marks.get(producer) ?? -1;
    const taken = bodies.filter((_, index) => sequence + index > high);
    this.#marks.set(producer, Math.max(high, sequence + bodies.length - 1));
    for (const body of taken) this.entries.push({ body, state: undefined });
    return taken;
  }

  read(consumer: string, count: number): string[] {
    const taken = this.entries.filter(({ state }) => state === undefined).slice(0, count);
    for (const entry of taken) entry.state = { heldBy: consumer };
    return taken.map(({ body }) => body);
  }

  heldBy(consumer: string): string[] {
    return this.entries.filter(({ state }) => holderOf(state) === consumer).map(({ body }) => body);
  }

  /** All inputs are settled with the effect, or nothing happens. */
  commit(inputs: readonly { readonly consumer: string; readonly body: string }[], effect: string): boolean {
    const entries = inputs.map(({ body }) => this.entries.find((entry) => entry.body === body));
    const mine = inputs.every(({ consumer }, index) => holderOf(entries[index]?.state) === consumer);
    if (!mine) return false;
    for (const entry of entries) if (entry) entry.state = "settled";
    this.output.push(effect);
    return true;
  }

  /** Held by consumers whose name starts with the prefix, other than this one. */
  claimable(consumer: string, prefix: string): string[] {
    return this.entries
      .filter(({ state }) => {
        const holder = holderOf(state);
        return holder !== undefined && holder !== consumer && holder.startsWith(prefix);
      })
      .map(({ body }) => body);
  }

  claimed(consumer: string, bodies: readonly string[]): void {
    for (const entry of this.entries) if (bodies.includes(entry.body)) entry.state = { heldBy: consumer };
  }

  /** Removes the oldest beyond `keep`, up to the first that is not settled. */
  trim(keep: number): void {
    const surplus = Math.max(0, this.entries.length - keep);
    const unsettled = this.entries.findIndex(({ state }) => state !== "settled");
    const removable = unsettled < 0 ? this.entries.length : unsettled;
    this.entries = this.entries.slice(Math.min(surplus, removable));
  }

  get bodies(): string[] {
    return this.entries.map(({ body }) => body);
  }

  get waiting(): { lag: number; pending: number } {
    const lag = this.entries.filter(({ state }) => state === undefined).length;
    const pending = this.entries.filter(({ state }) => holderOf(state) !== undefined).length;
    return { lag, pending };
  }
}

function holderOf(state: ModelEntry["state"]): string | undefined {
  return typeof state === "object" ? state.heldBy : undefined;
}
