import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { powerOfTwo } from '../../inference/image-translator.js';

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
  /** How long the oldest piece waits for others, in milliseconds, from when a batch could begin. */
  readonly delay: number;
  /** Whether others are on their way, such as images that are being decoded. */
  readonly isMoreComing: () => boolean;
  /** The time, in milliseconds. */
  readonly now?: () => number;
}

/** The part of a batch's duration that it is worth to wait for pieces that are on their way: a full batch gains more than that. */
const WORTH = 0.15;

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
  /** When the last batch ended. */
  #freeSince = -Infinity;
  /** How long that batch took, in milliseconds. */
  #lastTook = 0;
  /** Ends the wait for more pieces. */
  #wake: (() => void) | undefined;

  readonly #now: () => number;

  constructor(private readonly options: BatcherOptions<T>) {
    this.#now = options.now ?? (() => performance.now());
  }

  add(item: T): void {
    this.#waiting.push({ item, since: this.#now() });
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
      // While a batch runs it blocks this thread: those that are nearly ready get the time from its end.
      const delay = this.options.isMoreComing() ? Math.max(this.options.delay, WORTH * this.#lastTook) : this.options.delay; // prettier-ignore
      const patience = Math.max(oldest.since, this.#freeSince) + delay - this.#now();
      if (batch.length < most && patience > 0) {
        await this.#more(patience);
        continue;
      }
      // Those beyond a power of two would be done by themselves: they wait for others.
      batch.splice(powerOfTwo(batch.length));
      this.#waiting = this.#waiting.filter((each) => !batch.includes(each));
      const started = this.#now();
      await this.options.run(batch.map(({ item }) => item));
      this.#freeSince = this.#now();
      this.#lastTook = this.#freeSince - started;
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
