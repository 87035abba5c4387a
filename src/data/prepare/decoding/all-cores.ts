import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { Allowance } from './allowance.js';
import { answer, type Answer, type FileTask, type Task } from './answer.js';
import type { Decoder } from './decoder.js';
import { largeness } from './largeness.js';
import { DecoderPool } from './pool.js';

/** Milliseconds of work on this thread before it is known how fast it is. */
const TRIAL = 400;
/** Milliseconds of work left that are worth starting workers, each of which takes some 400 of a core's. */
const WORTH = 1500;

/** Decodes on this thread at first; in worker threads where there is much to do, and whatever is large. */
export class AllCores implements Decoder {
  readonly width = 2 * availableParallelism() + 2;
  readonly #here = new Allowance(availableParallelism());
  #began: number | undefined;
  #done = 0;
  #pool: DecoderPool | undefined;
  #closed = false;

  /** @param pictures how many there will be */
  constructor(readonly pictures = Infinity) {
    sharp.concurrency(1);
    sharp.cache(false);
  }

  async decode(task: Task): Promise<Answer> {
    const here = this.#pool === undefined && largeness(task.bytes) === 0 && !this.#muchIsLeft();
    return here ? this.#decodeHere(task) : this.#workers().decode(task);
  }

  async decodeFile(task: FileTask): Promise<Answer | undefined> {
    return this.#pool !== undefined || this.#muchIsLeft() ? this.#workers().decodeFile(task) : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.close();
  }

  #workers(): DecoderPool {
    if (this.#closed) throw new Error('The decoders are closed.');
    return (this.#pool ??= new DecoderPool());
  }

  #muchIsLeft(): boolean {
    this.#began ??= performance.now();
    const spent = performance.now() - this.#began;
    return spent > TRIAL && (spent / Math.max(1, this.#done)) * (this.pictures - this.#done) > WORTH;
  }

  async #decodeHere(task: Task): Promise<Answer> {
    const release = await this.#here.take(1);
    try {
      if (this.#closed) throw new Error('The decoders are closed.');
      return await answer(task);
    } finally {
      this.#done++;
      release();
    }
  }
}
