import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Semaphore } from './semaphore.js';
import type { DecodeResult, DecodeFileTask, DecodeTask } from './decode-result.js';
import type { Decoder } from './decoder.js';
import { pixelCost } from './pixel-cost.js';
import { WorkerLost, WorkerThread } from './worker-thread.js';
import type { WorkerReply } from './decode-worker.js';

export interface PoolOptions {
  /** Worker threads; as many as there are cores, unless this says another number. */
  readonly threads?: number;
  /** Milliseconds that an image may take. */
  readonly timeoutMs?: number;
  /** The worker's module. */
  readonly workerModule?: string;
}

/** Images under way in a worker: while sharp decodes one in the thread pool, another is resized. */
const PER_WORKER = 2;
/** Pixels of large images under way at once, for each core, and at least. A pixel takes some 10 bytes while it is decoded. */
const PIXELS = { core: 32e6, least: 100e6 };

/**
 * Decodes in worker threads, on all cores. When a worker dies or an image never comes back, the worker is replaced, and the images
 * that it had are tried once more, each of them alone: so that the guilty one is found, and it is bad, not the run.
 */
export class DecoderPool implements Decoder {
  readonly width: number;
  readonly #most: number;
  readonly #slots: Semaphore;
  readonly #pixels: Semaphore;
  readonly #patience: number;
  readonly #file: string;
  #threads: WorkerThread<DecodeTask | DecodeFileTask, WorkerReply>[] = [];
  #answered = 0;
  #closed = false;

  constructor({ threads = availableParallelism(), timeoutMs = 120_000, workerModule = WORKER }: PoolOptions = {}) {
    this.#most = threads;
    this.#patience = timeoutMs;
    this.#file = workerModule;
    this.#slots = new Semaphore(threads * PER_WORKER);
    this.#pixels = new Semaphore(Math.max(PIXELS.least, threads * PIXELS.core));
    this.width = (threads + 1) * PER_WORKER;
  }

  async decode(task: DecodeTask): Promise<DecodeResult> {
    const release = await this.#pixels.take(pixelCost(task.bytes));
    try {
      const answer = await this.#attempt(task, 1).catch(asWorkerLost);
      return answer === undefined || answer instanceof WorkerLost ? await this.#again(task) : answer;
    } finally {
      release();
    }
  }

  async decodeFile(task: DecodeFileTask): Promise<DecodeResult | undefined> {
    const answer = await this.#attempt(task, 1).catch(asWorkerLost);
    return answer instanceof WorkerLost ? undefined : answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ended = this.#threads.map((thread) => thread.end(new Error(CLOSED)));
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise((resolve) => (timer = setTimeout(resolve, ENDING)));
    await Promise.race([Promise.all(ended), enough]);
    clearTimeout(timer);
  }

  /** Alone. */
  async #again(task: DecodeTask): Promise<DecodeResult> {
    const answer = await this.#attempt(task, this.#slots.total).catch(asWorkerLost);
    if (answer !== undefined && !(answer instanceof WorkerLost)) return answer;
    // Workers that never worked are not an image's fault.
    if (this.#answered === 0) throw new Error('No worker thread could decode an image', { cause: answer?.cause });
    return { reason: answer?.message ?? 'cannot be decoded' };
  }

  /** @throws Lost */
  async #attempt(task: DecodeTask | DecodeFileTask, slots: number): Promise<DecodeResult | undefined> {
    const release = await this.#slots.take(slots);
    try {
      const said = await this.#run(task);
      if ('bug' in said) throw new Error(said.bug);
      this.#answered++;
      return said.answer;
    } finally {
      release();
    }
  }

  async #run(task: DecodeTask | DecodeFileTask): Promise<WorkerReply> {
    if (this.#closed) throw new Error(CLOSED);
    // Its own copy: what a source gave is not ours to hand over, and may be a small piece of something large.
    const bytes = 'bytes' in task ? new Uint8Array(task.bytes) : undefined;
    const thread = this.#freest();
    const late = () => void thread.end(new WorkerLost(`takes longer than ${this.#patience / 1000} seconds to decode`));
    const timer = setTimeout(late, this.#patience);
    try {
      return await (bytes ? thread.run({ ...task, bytes }, [bytes.buffer]) : thread.run(task, []));
    } finally {
      clearTimeout(timer);
    }
  }

  /** One without work, else a new one as long as there may be more, else the one with the least. */
  #freest(): WorkerThread<DecodeTask | DecodeFileTask, WorkerReply> {
    this.#threads = this.#threads.filter(({ alive }) => alive).sort((a, b) => a.load - b.load);
    const [first] = this.#threads;
    if (first && (first.load === 0 || this.#threads.length === this.#most)) return first;
    const thread = new WorkerThread<DecodeTask | DecodeFileTask, WorkerReply>(this.#file);
    this.#threads.push(thread);
    return thread;
  }
}

const CLOSED = 'The decoders are closed.';

const WORKER = fileURLToPath(new URL('./decode-worker.js', import.meta.url));

/** Milliseconds to wait for workers to end: one that is deep in a decoder does not hear. */
const ENDING = 2000;

function asWorkerLost(error: unknown): WorkerLost {
  if (error instanceof WorkerLost) return error;
  throw error;
}
