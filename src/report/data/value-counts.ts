/** How often each number was seen; the memory is that of the different ones. */
export class ValueCounts {
  readonly #seen = new Map<number, number>();
  #total = 0;

  add(value: number, times = 1): void {
    this.#seen.set(value, (this.#seen.get(value) ?? 0) + times);
    this.#total += times;
  }

  get total(): number {
    return this.#total;
  }

  /** Ascending. */
  entries(): readonly (readonly [value: number, times: number])[] {
    return [...this.#seen].sort(([a], [b]) => a - b);
  }

  /** @returns undefined when nothing was counted; the median is the lower one of two middle ones */
  range(): { readonly min: number; readonly median: number; readonly max: number } | undefined {
    const entries = this.entries();
    let below = 0;
    const middle = entries.find(([, times]) => (below += times) * 2 >= this.#total);
    return middle && { min: entries[0]![0], median: middle[0], max: entries.at(-1)![0] };
  }

  static of(parts: readonly ValueCounts[]): ValueCounts {
    const all = new ValueCounts();
    for (const part of parts) for (const [value, times] of part.#seen) all.add(value, times);
    return all;
  }
}
