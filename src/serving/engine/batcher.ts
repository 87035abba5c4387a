import { setImmediate as eventLoopTurn } from 'node:timers/promises';

/** What a piece of work can share a batch with. */
export interface BatchClass {
  /** Equal for pieces that can be done together. */
  readonly shape: string;
  /** How many at most. */
  readonly most: number;
}

export interface BatcherOptions<T> {
  readonly classOf: (item: T) => BatchClass;
  /** Does pieces of one class together. It handles its own failures. */
  readonly run: (batch: readonly T[]) => Promise<void>;
  /** How long the oldest piece waits for others, in milliseconds. */
  readonly delay: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly since: number;
}

/**
 * Does pieces of work in batches, one batch after the other: the oldest piece with the others of its class, when they are enough or when it has
 * waited long enough.
 */
export class Batcher<T> {
  #waiting: Waiting<T>[] = [];
  #isRunning = false;
  /** Ends the wait for more pieces. */
  #wake: (() => void) | undefined;

  constructor(private readonly options: BatcherOptions<T>) {}

  add(item: T): void {
    this.#waiting.push({ item, since: performance.now() });
    this.#wake?.();
    if (!this.#isRunning) void this.#run();
  }

  /** Takes away what has not begun. */
  remove(isGone: (item: T) => boolean): void {
    this.#waiting = this.#waiting.filter(({ item }) => !isGone(item));
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const [oldest] = this.#waiting as [Waiting<T>];
      const { shape, most } = this.options.classOf(oldest.item);
      const batch = this.#waiting.filter(({ item }) => this.options.classOf(item).shape === shape).slice(0, most);
      const patience = oldest.since + this.options.delay - performance.now();
      if (batch.length < most && patience > 0) {
        await this.#more(patience);
        continue;
      }
      this.#waiting = this.#waiting.filter((each) => !batch.includes(each));
      await this.options.run(batch.map(({ item }) => item));
      // The native engine blocks this thread while it works: lets messages in, and decoders and encoders go on.
      await eventLoopTurn();
    }
    this.#isRunning = false;
  }

  /** Waits for another piece, at most so long. */
  async #more(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
