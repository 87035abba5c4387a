import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import Tinypool from 'tinypool';
import { Allowance } from './allowance.js';
import type { Answer, FileTask, Task } from './answer.js';
import type { Decoder } from './decoder.js';
import { largeness } from './largeness.js';
import type { Said } from './worker.js';

export interface PoolOptions {
  /** Worker threads; as many as there are cores, unless this says another number. */
  readonly threads?: number;
  /** Milliseconds that a picture may take. */
  readonly patience?: number;
  /** The worker's module. */
  readonly file?: string;
}

/** Pictures under way in a worker: while sharp decodes one in the thread pool, another is resized. */
const EACH = 2;
/** Pixels of large pictures under way at once, for each core, and at least. A pixel takes some 10 bytes while it is decoded. */
const PIXELS = { core: 32e6, least: 100e6 };

/** A worker that died or was silent for too long: the message says so of the picture. */
class Lost extends Error {}

/**
 * Decodes in worker threads, on all cores. When a worker dies or a picture never comes back, all workers are replaced, and the pictures
 * that they had are tried once more, each of them alone: so that the guilty one is found, and it is bad, not the run.
 */
export class DecoderPool implements Decoder {
  readonly width: number;
  readonly #threads: number;
  readonly #slots: Allowance;
  readonly #pixels: Allowance;
  readonly #patience: number;
  readonly #file: string;
  readonly #underWay = new Set<(error: Error) => void>();
  #workers: Tinypool;
  #answered = 0;
  #closed = false;

  constructor({ threads = availableParallelism(), patience = 120_000, file = WORKER }: PoolOptions = {}) {
    this.#threads = threads;
    this.#patience = patience;
    this.#file = file;
    this.#slots = new Allowance(threads * EACH);
    this.#pixels = new Allowance(Math.max(PIXELS.least, threads * PIXELS.core));
    this.width = (threads + 1) * EACH;
    this.#workers = this.#start();
  }

  async decode(task: Task): Promise<Answer> {
    const release = await this.#pixels.take(largeness(task.bytes));
    try {
      const answer = await this.#attempt(task, 1).catch(lost);
      return answer === undefined || answer instanceof Lost ? await this.#again(task) : answer;
    } finally {
      release();
    }
  }

  async decodeFile(task: FileTask): Promise<Answer | undefined> {
    const answer = await this.#attempt(task, 1).catch(lost);
    return answer instanceof Lost ? undefined : answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end(new Error('The decoders are closed.'));
  }

  /** Alone. */
  async #again(task: Task): Promise<Answer> {
    const answer = await this.#attempt(task, this.#slots.total).catch(lost);
    if (answer !== undefined && !(answer instanceof Lost)) return answer;
    // Workers that never worked are not a picture's fault.
    if (this.#answered === 0) throw new Error('No worker thread could decode a picture', { cause: answer?.cause });
    return { reason: answer?.message ?? 'cannot be decoded' };
  }

  /** @throws Lost */
  async #attempt(task: Task | FileTask, slots: number): Promise<Answer | undefined> {
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

  #run(task: Task | FileTask): Promise<Said> {
    // Its own copy: what a source gave is not ours to hand over, and may be a small piece of something large.
    const bytes = 'bytes' in task ? new Uint8Array(task.bytes) : undefined;
    const [own, transferList] = bytes ? [{ ...task, bytes }, [bytes.buffer]] : [task, []];
    return new Promise<Said>((resolve, reject) => {
      if (this.#closed) return reject(new Error('The decoders are closed.'));
      const workers = this.#workers;
      const settled = () => {
        clearTimeout(timer);
        this.#underWay.delete(drop);
      };
      const drop = (why: Error) => {
        settled();
        reject(why);
      };
      const fail = (why: Lost) => {
        drop(why);
        if (workers === this.#workers && !this.#closed) this.#replace();
      };
      const late = () => fail(new Lost(`takes longer than ${this.#patience / 1000} seconds to decode`));
      const timer = setTimeout(late, this.#patience);
      this.#underWay.add(drop);
      workers.run(own, { transferList }).then(
        (said: Said) => {
          settled();
          resolve(said);
        },
        (error: unknown) => fail(new Lost(deathBy(error), { cause: error })),
      );
    });
  }

  /** Whoever is under way with the old workers hears of it at once. */
  #replace(): void {
    const ended = this.#end(new Lost('was lost with its worker'));
    this.#workers = this.#start();
    ended.catch(() => undefined);
  }

  async #end(why: Error): Promise<void> {
    const workers = this.#workers;
    for (const drop of [...this.#underWay]) drop(why);
    await Promise.race([workers.destroy(), patience(ENDING)]);
  }

  #start(): Tinypool {
    const threads = { minThreads: this.#threads, maxThreads: this.#threads, concurrentTasksPerWorker: EACH };
    const workers = new Tinypool({ filename: this.#file, ...threads });
    // A worker that dies without a task: the next task's attempt tells.
    workers.on('error', () => undefined);
    return workers;
  }
}

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Milliseconds to wait for workers to end: one that is deep in a decoder does not hear. */
const ENDING = 2000;

function patience(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function lost(error: unknown): Lost {
  if (error instanceof Lost) return error;
  throw error;
}

/** In words that follow the picture's name. */
function deathBy(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'takes more memory to decode than there is';
  return `breaks the decoder (${message ?? String(error)})`;
}
