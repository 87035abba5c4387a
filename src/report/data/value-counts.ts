/** Counts how often each number occurs; memory grows with the distinct numbers only. */
export class ValueCounts {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(value: number, times = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times);
    this.#total += times;
  }

  get total(): number {
    return this.#total;
  }

  /** In ascending order. */
  entries(): readonly (readonly [value: number, times: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  /** @returns undefined if nothing was counted; of two middle values, the median is the lower */
  range(): { readonly min: number; readonly median: number; readonly max: number } | undefined {
    const entries = this.entries();
    let below = 0;
    const middle = entries.find(([, times]) => (below += times) * 2 >= this.#total);
    return middle && { min: entries[0]![0], median: middle[0], max: entries.at(-1)![0] };
  }

  static of(parts: readonly ValueCounts[]): ValueCounts {
    const all = new ValueCounts();
    for (const part of parts) for (const [value, times] of part.#counts) all.add(value, times);
    return all;
  }
}
