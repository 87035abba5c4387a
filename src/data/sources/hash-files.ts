import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { errorCode } from '../../support/files.js';
import { sha256File } from '../../support/hash.js';
import { hashFile, type HashedFile } from './hash-file.js';
import type { HashReply } from './hash-worker.js';

/** Files to hash; a path is made when it is needed. */
export interface FilesToHash {
  readonly count: number;
  readonly path: (index: number) => string | Buffer;
}

export interface HashFilesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of work on this thread before its speed is measured. */
  readonly trialMs?: number;
  /** Milliseconds of remaining work from which worker threads are started. */
  readonly longMs?: number;
}

/** Milliseconds for which this thread may be blocked. */
const SLICE_MS = 20;
/** Bytes; this thread reads a larger file as a stream. */
const STREAMED_FROM = 4e6;
/** Files in a message. */
const BATCH = 32;
/** Enough for a network drive, where a thread waits most of the time. */
const LEAST_THREADS = 4;

/**
 * Reads and hashes files: on this thread at first, in worker threads where much work remains.
 *
 * @param settle called once for each file, in any order; without a hash for a file that cannot be read
 */
export async function hashFiles(
  files: FilesToHash,
  settle: (index: number, hashed: HashedFile | undefined) => void,
  { signal, trialMs = 250, longMs = 500 }: HashFilesOptions = {},
): Promise<void> {
  const began = performance.now();
  for (let next = 0; next < files.count;) {
    const sliceEnd = performance.now() + SLICE_MS;
    do {
      settle(next, await hashHere(files.path(next)));
      next++;
    } while (next < files.count && performance.now() < sliceEnd);
    await setImmediate();
    signal?.throwIfAborted();
    const spent = performance.now() - began;
    const left = (spent / next) * (files.count - next);
    if (spent >= trialMs && left >= longMs) return hashInWorkers(files, next, settle, signal);
  }
}

async function hashHere(path: string | Buffer): Promise<HashedFile | undefined> {
  try {
    const hashed = hashFile(path, STREAMED_FROM);
    if (hashed) return hashed;
    const readAt = Date.now();
    const { size, mtimeMs } = await stat(path);
    return { size, mtimeMs, hash: await sha256File(path), readAt };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

async function hashInWorkers(
  files: FilesToHash,
  from: number,
  settle: (index: number, hashed: HashedFile | undefined) => void,
  signal?: AbortSignal,
): Promise<void> {
  let next = from;
  const threads = Math.min(Math.max(LEAST_THREADS, availableParallelism()), Math.ceil((files.count - from) / BATCH));
  const workers = Array.from({ length: threads }, () => new Worker(WORKER));
  const work = async (worker: Worker) => {
    while (next < files.count) {
      const first = next;
      next = Math.min(files.count, first + BATCH);
      worker.postMessage(Array.from({ length: next - first }, (_, i) => files.path(first + i)));
      const [reply] = (await once(worker, 'message', { signal })) as [HashReply];
      reply.forEach((hashed, i) => settle(first + i, hashed));
    }
  };
  try {
    await Promise.all(workers.map(work));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

const WORKER = fileURLToPath(new URL('./hash-worker.js', import.meta.url));
