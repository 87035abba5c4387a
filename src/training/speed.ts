/** Steps per second: the mean over a sliding window, so that one slow step has little effect. */
export class Speed {
  readonly #times: number[] = [];

  constructor(private readonly window = 20) {}

  /** Counts a finished step. @returns steps per second; undefined before two steps */
  tick(now = performance.now()): number | undefined {
    this.#times.push(now);
    if (this.#times.length > this.window + 1) this.#times.shift();
    const elapsed = now - this.#times[0]!;
    return elapsed > 0 ? ((this.#times.length - 1) * 1000) / elapsed : undefined;
  }
}
