/** So much may be in use at once, of whatever it is. Who comes first is served first. */
export class Semaphore {
  #free: number;
  readonly #queue: { readonly amount: number; readonly start: () => void }[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /** Waits until there is so much; more than the total is as much as the total, and so alone. @returns gives it back */
  async take(wanted: number): Promise<() => void> {
    const amount = Math.min(wanted, this.total);
    if (this.#queue.length > 0 || amount > this.#free) {
      await new Promise<void>((start) => this.#queue.push({ amount, start }));
    } else this.#free -= amount;
    return () => this.#giveBack(amount);
  }

  #giveBack(amount: number): void {
    this.#free += amount;
    while (this.#queue.length > 0 && this.#queue[0]!.amount <= this.#free) {
      const { amount: next, start } = this.#queue.shift()!;
      this.#free -= next;
      start();
    }
  }
}
