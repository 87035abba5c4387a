import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Semaphore } from './semaphore.js';
import type { DecodeResult, DecodeFileTask, DecodeTask } from './decode-result.js';
import type { Decoder } from './decoder.js';
import { pixelCost } from './pixel-cost.js';
import { WorkerLost, WorkerThread } from './worker-thread.js';
import type { WorkerReply } from './decode-worker.js';

export interface PoolOptions {
  /** Worker threads; by default as many as there are cores. */
  readonly threads?: number;
  /** Milliseconds that decoding an image may take. */
  readonly timeoutMs?: number;
  /** The module of the workers. */
  readonly workerModule?: string;
}

/** Concurrent images in a worker: while sharp decodes one in the thread pool, another is resized. */
const PER_WORKER = 2;
/** Pixels of large images decoded at once, for each core and at least. Decoding needs about 10 bytes a pixel. */
const PIXELS = { core: 32e6, least: 100e6 };

/**
 * Decodes in worker threads, on all cores. When a worker dies or an image times out, the worker is replaced and its images are tried
 * once more, each alone: so the image at fault is found and counts as bad, and the run continues.
 */
export class DecoderPool implements Decoder {
  readonly width: number;
  readonly #maxThreads: number;
  readonly #slots: Semaphore;
  readonly #pixels: Semaphore;
  readonly #timeoutMs: number;
  readonly #file: string;
  #threads: WorkerThread<DecodeTask | DecodeFileTask, WorkerReply>[] = [];
  #decoded = 0;
  #closed = false;

  constructor({ threads = availableParallelism(), timeoutMs = 120_000, workerModule = WORKER }: PoolOptions = {}) {
    this.#maxThreads = threads;
    this.#timeoutMs = timeoutMs;
    this.#file = workerModule;
    this.#slots = new Semaphore(threads * PER_WORKER);
    this.#pixels = new Semaphore(Math.max(PIXELS.least, threads * PIXELS.core));
    this.width = (threads + 1) * PER_WORKER;
  }

  async decode(task: DecodeTask): Promise<DecodeResult> {
    const release = await this.#pixels.take(pixelCost(task.bytes));
    try {
      const result = await this.#tryDecode(task, 1).catch(asWorkerLost);
      return result === undefined || result instanceof WorkerLost ? await this.#decodeAlone(task) : result;
    } finally {
      release();
    }
  }

  async decodeFile(task: DecodeFileTask): Promise<DecodeResult | undefined> {
    const result = await this.#tryDecode(task, 1).catch(asWorkerLost);
    return result instanceof WorkerLost ? undefined : result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ended = this.#threads.map((thread) => thread.end(new Error(CLOSED)));
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT)));
    await Promise.race([Promise.all(ended), timeout]);
    clearTimeout(timer);
  }

  /** Takes all slots, so that no other image is decoded meanwhile. */
  async #decodeAlone(task: DecodeTask): Promise<DecodeResult> {
    const result = await this.#tryDecode(task, this.#slots.total).catch(asWorkerLost);
    if (result !== undefined && !(result instanceof WorkerLost)) return result;
    // If no worker ever decoded an image, this one is not at fault.
    if (this.#decoded === 0) throw new Error('No worker thread could decode an image', { cause: result?.cause });
    return { reason: result?.message ?? 'cannot be decoded' };
  }

  /** @throws Lost */
  async #tryDecode(task: DecodeTask | DecodeFileTask, slots: number): Promise<DecodeResult | undefined> {
    const release = await this.#slots.take(slots);
    try {
      const reply = await this.#run(task);
      if ('failure' in reply)
        throw Object.assign(new Error(reply.failure), reply.code !== undefined && { code: reply.code });
      this.#decoded++;
      return reply.result;
    } finally {
      release();
    }
  }

  async #run(task: DecodeTask | DecodeFileTask): Promise<WorkerReply> {
    if (this.#closed) throw new Error(CLOSED);
    // A copy, as transferring would detach the source's buffer, which may also be a small part of a large one.
    const bytes = 'bytes' in task ? new Uint8Array(task.bytes) : undefined;
    const thread = this.#leastBusy();
    const onTimeout = () =>
      void thread.end(new WorkerLost(`takes longer than ${this.#timeoutMs / 1000} seconds to decode`));
    const timer = setTimeout(onTimeout, this.#timeoutMs);
    try {
      return await (bytes ? thread.run({ ...task, bytes }, [bytes.buffer]) : thread.run(task, []));
    } finally {
      clearTimeout(timer);
    }
  }

  /** An idle worker, else a new one up to the limit, else the one with the fewest tasks. */
  #leastBusy(): WorkerThread<DecodeTask | DecodeFileTask, WorkerReply> {
    this.#threads = this.#threads.filter(({ alive }) => alive).sort((a, b) => a.load - b.load);
    const [first] = this.#threads;
    if (first && (first.load === 0 || this.#threads.length === this.#maxThreads)) return first;
    const thread = new WorkerThread<DecodeTask | DecodeFileTask, WorkerReply>(this.#file);
    this.#threads.push(thread);
    return thread;
  }
}

const CLOSED = 'The decoders are closed.';

const WORKER = fileURLToPath(new URL('./decode-worker.js', import.meta.url));

/** Milliseconds to wait for workers to end: one inside a native decoder does not react. */
const CLOSE_TIMEOUT = 2000;

function asWorkerLost(error: unknown): WorkerLost {
  if (error instanceof WorkerLost) return error;
  throw error;
}
