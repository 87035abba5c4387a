/** A counting semaphore: limits the amount in use at once. First come, first served. */
export class Semaphore {
  #free: number;
  readonly #queue: { readonly amount: number; readonly start: () => void }[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /** Waits until `wanted` is free, or everything if `wanted` is more than the total. @returns the function that releases it */
  async take(wanted: number): Promise<() => void> {
    const amount = Math.min(wanted, this.total);
    if (this.#queue.length > 0 || amount > this.#free) {
      await new Promise<void>((start) => this.#queue.push({ amount, start }));
    } else this.#free -= amount;
    return () => this.#release(amount);
  }

  #release(amount: number): void {
    this.#free += amount;
    while (this.#queue.length > 0 && this.#queue[0]!.amount <= this.#free) {
      const { amount: next, start } = this.#queue.shift()!;
      this.#free -= next;
      start();
    }
  }
}
