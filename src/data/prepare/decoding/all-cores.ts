import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { Allowance } from './allowance.js';
import { answer, type Answer, type Task } from './answer.js';
import type { Decoder } from './decoder.js';
import { DecoderPool, largeness, type PoolOptions } from './pool.js';

/** Milliseconds of work on this thread before workers are started: a few small pictures are done sooner than workers begin. */
const ALONE = 400;

/** Decodes on this thread at first; in worker threads when there is more to do than they take to start, and whatever is large. */
export class AllCores implements Decoder {
  readonly #here = new Allowance(availableParallelism());
  readonly #options: PoolOptions;
  readonly width: number;
  #began: number | undefined;
  #pool: DecoderPool | undefined;
  #closed = false;

  constructor(options: PoolOptions = {}) {
    this.#options = options;
    this.width = 2 * (options.threads ?? availableParallelism()) + 2;
    sharp.concurrency(1);
    sharp.cache(false);
  }

  async decode(task: Task): Promise<Answer> {
    this.#began ??= performance.now();
    const soon = this.#pool === undefined && performance.now() - this.#began < ALONE;
    if (soon && largeness(task.bytes) === 0) return this.#decodeHere(task);
    if (this.#closed) throw new Error('The decoders are closed.');
    this.#pool ??= new DecoderPool(this.#options);
    return this.#pool.decode(task);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.close();
  }

  async #decodeHere(task: Task): Promise<Answer> {
    const release = await this.#here.take(1);
    try {
      if (this.#closed) throw new Error('The decoders are closed.');
      return await answer(task);
    } finally {
      release();
    }
  }
}
