import { availableParallelism } from 'node:os';
import type { EventLoopUtilization } from 'node:perf_hooks';
import sharp from 'sharp';
import { Semaphore } from './semaphore.js';
import { decodeTask, type DecodeResult, type DecodeFileTask, type DecodeTask } from './decode-result.js';
import type { Decoder } from './decoder.js';
import { pixelCost } from './pixel-cost.js';
import { DecoderPool } from './decoder-pool.js';

/** Milliseconds of work on this thread before its speed is measured. */
const TRIAL_MS = 100;
/** Milliseconds that workers must save: starting one takes about 50 ms of a core, and compiling its code anew as much again. */
const MIN_SAVED_MS = 200;
/** Milliseconds of remaining work from which workers are always used, as they survive an image that crashes or hangs the decoder. */
const LONG_MS = 10_000;

/** From here on workers save more than their start costs, even for the smallest images: a trial would only leave the other cores idle. */
const MANY_IMAGES = 5000;

interface StartingPoint {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly loop: EventLoopUtilization;
}

/** Decodes on this thread at first, and in worker threads when much work remains or an image is large. */
export class AdaptiveDecoder implements Decoder {
  /** It starts threads when it gets its first task. */
  readonly #pool = new DecoderPool();
  readonly width = this.#pool.width;
  readonly widthOfFiles = this.#pool.widthOfFiles;
  readonly #here = new Semaphore(availableParallelism());
  #began: StartingPoint | undefined;
  #done = 0;
  #usesWorkers = false;
  #closed = false;
  readonly #areMany: boolean;

  /** @param images the number of images to decode; Infinity where it is unknown */
  constructor(readonly images = Infinity) {
    // Each core has an image of its own, also in the worker threads, which share this setting.
    sharp.concurrency(1);
    this.#areMany = Number.isFinite(images) && images >= MANY_IMAGES;
  }

  async decode(task: DecodeTask): Promise<DecodeResult> {
    const decoded = pixelCost(task.bytes) === 0 ? await this.#decodeHere(task) : undefined;
    return decoded ?? this.#workers().decode(task);
  }

  async decodeFile(task: DecodeFileTask): Promise<DecodeResult | undefined> {
    return this.#shouldUseWorkers() ? this.#workers().decodeFile(task) : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.close();
  }

  #workers(): DecoderPool {
    this.#usesWorkers = true;
    return this.#pool;
  }

  #shouldUseWorkers(): boolean {
    if (this.#usesWorkers || this.#areMany) return true;
    this.#began ??= { at: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
    const { at, cpu, loop } = this.#began;
    const spent = performance.now() - at;
    if (spent < TRIAL_MS) return false;
    const left = (spent / Math.max(1, this.#done)) * (this.images - this.#done);
    const { user, system } = process.cpuUsage(cpu);
    const own = performance.eventLoopUtilization(loop).active / ((user + system) / 1000);
    return left > LONG_MS || left * savedShare(own, availableParallelism()) > MIN_SAVED_MS;
  }

  /**
   * Leaves the pixels to the caller, who writes without blocking this thread.
   *
   * @returns nothing where workers should decode it, which may change while it waits for its turn
   */
  async #decodeHere(task: DecodeTask): Promise<DecodeResult | undefined> {
    const release = await this.#here.take(1);
    try {
      if (this.#closed) throw new Error('The decoders are closed.');
      if (this.#shouldUseWorkers()) return undefined;
      const result = await decodeTask(task);
      this.#done++;
      return result;
    } finally {
      release();
    }
  }
}

/**
 * The share of the time that workers save. Without workers, the thread pool runs beside this thread: a thread that does half of the
 * work keeps two cores busy. SVGs are drawn almost entirely in the pool, so that workers would only take its cores.
 *
 * @param own share of the work that this thread does
 */
export function savedShare(own: number, cores: number): number {
  const busy = Math.min(cores, 1 / Math.min(1, own));
  return 1 - busy / cores;
}
