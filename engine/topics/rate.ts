// Messages per second over the last seconds, from a count that only grows. Looks at the clock only when asked.

const WINDOW_MS = 10_000;

export class Rate {
  #samples: { at: number; count: number }[] = [];

  /** Per second, since the oldest look of the last ten seconds; 0 at the first look. */
  look(at: number, count: number): number {
    this.#samples = this.#samples.filter((sample) => at - sample.at < WINDOW_MS);
    this.#samples.push({ at, count });
    const [oldest] = this.#samples;
    if (!oldest || at === oldest.at) return 0;
    return Math.round(((count - oldest.count) / (at - oldest.at)) * 10_000) / 10;
  }
}
