import { availableParallelism } from 'node:os';
import type { EventLoopUtilization } from 'node:perf_hooks';
import sharp from 'sharp';
import { Semaphore } from './semaphore.js';
import { decodeTask, type DecodeResult, type DecodeFileTask, type DecodeTask } from './decode-result.js';
import type { Decoder } from './decoder.js';
import { pixelCost } from './pixel-cost.js';
import { DecoderPool } from './decoder-pool.js';

/** Milliseconds of work on this thread before it is known how fast it is. */
const TRIAL_MS = 250;
/** Milliseconds that workers have to save: each takes some 400 of a core's to start. */
const MIN_SAVED_MS = 1000;
/** Milliseconds of work left that are done in workers in any case, as those outlive an image that breaks or never ends. */
const LONG_MS = 10_000;

interface StartingPoint {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly loop: EventLoopUtilization;
}

/** Decodes on this thread at first; in worker threads where there is much to do, and whatever is large. */
export class AdaptiveDecoder implements Decoder {
  readonly width = 2 * availableParallelism() + 2;
  readonly #here = new Semaphore(availableParallelism());
  #began: StartingPoint | undefined;
  #done = 0;
  #pool: DecoderPool | undefined;
  #closed = false;

  /** @param images how many there will be */
  constructor(readonly images = Infinity) {
    sharp.concurrency(1);
    sharp.cache(false);
  }

  async decode(task: DecodeTask): Promise<DecodeResult> {
    const here = this.#pool === undefined && pixelCost(task.bytes) === 0 && !this.#muchIsLeft();
    return here ? this.#decodeHere(task) : this.#workers().decode(task);
  }

  async decodeFile(task: DecodeFileTask): Promise<DecodeResult | undefined> {
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
    this.#began ??= { at: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
    const { at, cpu, loop } = this.#began;
    const spent = performance.now() - at;
    if (spent < TRIAL_MS) return false;
    const left = (spent / Math.max(1, this.#done)) * (this.images - this.#done);
    const { user, system } = process.cpuUsage(cpu);
    const own = performance.eventLoopUtilization(loop).active / ((user + system) / 1000);
    return left > LONG_MS || left * savedShare(own, availableParallelism()) > MIN_SAVED_MS;
  }

  async #decodeHere(task: DecodeTask): Promise<DecodeResult> {
    const release = await this.#here.take(1);
    try {
      if (this.#closed) throw new Error('The decoders are closed.');
      return await decodeTask(task);
    } finally {
      this.#done++;
      release();
    }
  }
}

/**
 * The share of the time that workers save. Without them the thread pool works beside this thread, so that a thread which does half
 * of the work keeps two cores busy: of drawn images (SVG) nearly all is done in the pool, and workers would only take its cores.
 *
 * @param own this thread's share of the work
 */
export function savedShare(own: number, cores: number): number {
  const busy = Math.min(cores, 1 / Math.min(1, own));
  return 1 - busy / cores;
}
