/** Steps a second, lately: the mean over a sliding window of times, so that one slow step does not shake it. */
export class Speed {
  readonly #times: number[] = [];

  constructor(private readonly window = 20) {}

  /** Says that a step has ended. @returns steps a second; undefined before two steps */
  tick(now = performance.now()): number | undefined {
    this.#times.push(now);
    if (this.#times.length > this.window + 1) this.#times.shift();
    const elapsed = now - this.#times[0]!;
    return elapsed > 0 ? ((this.#times.length - 1) * 1000) / elapsed : undefined;
  }
}
