import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Semaphore } from './semaphore.js';
import type { DecodeResult, DecodeFileTask, DecodeTask } from './decode-result.js';
import type { Decoder } from './decoder.js';
import { pixelCost } from './pixel-cost.js';
import { WorkerLost, WorkerThread } from './worker-thread.js';
import { packFileTasks, unpackReplies, type BatchReply, type TasksMessage, type WorkerReply } from './batch-message.js';

export interface PoolOptions {
  /** Worker threads; by default as many as there are cores. */
  readonly threads?: number;
  /** Milliseconds that decoding an image may take. */
  readonly timeoutMs?: number;
  /** The module of the workers. */
  readonly workerModule?: string;
}

/** Concurrent messages in a worker: while sharp decodes an image in the thread pool, another is resized. */
const PER_WORKER = 2;
/** Milliseconds of work in a message, and the most files: a message takes as long as decoding a small image. */
const BATCH = { ms: 10, files: 32 };
/** The part of each new batch in the average of times. */
const NEW_SHARE = 0.3;
/** Pixels of large images decoded at once, for each core and at least. Decoding needs about 10 bytes a pixel. */
const PIXELS = { core: 32e6, least: 100e6 };

type Thread = WorkerThread<TasksMessage, BatchReply>;

interface WaitingFile {
  readonly task: DecodeFileTask;
  readonly resolve: (result: DecodeResult | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decodes in worker threads, on all cores; several small files go in one message. When a worker dies or an image times out, the worker is replaced and its images are tried
 * once more, each alone: so the image at fault is found and counts as bad, and the run continues.
 */
export class DecoderPool implements Decoder {
  readonly width: number;
  readonly widthOfFiles: number;
  readonly #maxThreads: number;
  readonly #slots: Semaphore;
  readonly #pixels: Semaphore;
  readonly #timeoutMs: number;
  readonly #file: string;
  #threads: Thread[] = [];
  #waiting: WaitingFile[] = [];
  #isSending = false;
  /** Milliseconds that a file takes a worker; unknown before the first. */
  #msPerFile = Infinity;
  #decoded = 0;
  #closed = false;

  constructor({ threads = availableParallelism(), timeoutMs = 120_000, workerModule = WORKER }: PoolOptions = {}) {
    this.#maxThreads = threads;
    this.#timeoutMs = timeoutMs;
    this.#file = workerModule;
    this.#slots = new Semaphore(threads * PER_WORKER);
    this.#pixels = new Semaphore(Math.max(PIXELS.least, threads * PIXELS.core));
    this.width = (threads + 1) * PER_WORKER;
    this.widthOfFiles = this.width * BATCH.files;
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

  /** Files of a lost worker are the caller's to read and decode, so that each is then tried on its own. */
  decodeFile(task: DecodeFileTask): Promise<DecodeResult | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      if (!this.#isSending) void this.#sendFiles();
    });
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
  async #tryDecode(task: DecodeTask, slots: number): Promise<DecodeResult | undefined> {
    const release = await this.#slots.take(slots);
    try {
      // A copy, as transferring would detach the source's buffer, which may also be a small part of a large one.
      const bytes = new Uint8Array(task.bytes);
      const reply = await this.#run([{ ...task, bytes }], [bytes.buffer]);
      return this.#resultOf(unpackReplies(reply)[0]!);
    } finally {
      release();
    }
  }

  /** Sends waiting files whenever a worker has room. */
  async #sendFiles(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const release = await this.#slots.take(1);
      const most = Math.floor(BATCH.ms / this.#msPerFile);
      const batch = this.#waiting.splice(0, Math.min(BATCH.files, Math.max(1, most)));
      void this.#decodeFiles(batch).finally(release);
    }
    this.#isSending = false;
  }

  async #decodeFiles(batch: readonly WaitingFile[]): Promise<void> {
    try {
      const reply = await this.#run(packFileTasks(batch.map(({ task }) => task)));
      this.#countTime(reply.ms / batch.length);
      const replies = unpackReplies(reply);
      batch.forEach(({ resolve, reject }, i) => {
        try {
          resolve(this.#resultOf(replies[i]!));
        } catch (error) {
          reject(error);
        }
      });
    } catch (error) {
      for (const { resolve, reject } of batch) {
        if (error instanceof WorkerLost) resolve(undefined);
        else reject(error);
      }
    }
  }

  #countTime(ms: number): void {
    this.#msPerFile = this.#msPerFile === Infinity ? ms : this.#msPerFile + NEW_SHARE * (ms - this.#msPerFile);
  }

  /** @throws the error of a bug or of writing */
  #resultOf(reply: WorkerReply): DecodeResult | undefined {
    if ('failure' in reply)
      throw Object.assign(new Error(reply.failure), reply.code !== undefined && { code: reply.code });
    this.#decoded++;
    return reply.result;
  }

  async #run(tasks: TasksMessage, transfer: readonly ArrayBuffer[] = []): Promise<BatchReply> {
    if (this.#closed) throw new Error(CLOSED);
    const thread = this.#leastBusy();
    const onTimeout = () =>
      void thread.end(new WorkerLost(`takes longer than ${this.#timeoutMs / 1000} seconds to decode`));
    const timer = setTimeout(onTimeout, this.#timeoutMs);
    try {
      return await thread.run(tasks, transfer);
    } finally {
      clearTimeout(timer);
    }
  }

  /** An idle worker, else a new one up to the limit, else the one with the fewest tasks. */
  #leastBusy(): Thread {
    this.#threads = this.#threads.filter(({ alive }) => alive).sort((a, b) => a.load - b.load);
    const [first] = this.#threads;
    if (first && (first.load === 0 || this.#threads.length === this.#maxThreads)) return first;
    const thread: Thread = new WorkerThread(this.#file);
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
