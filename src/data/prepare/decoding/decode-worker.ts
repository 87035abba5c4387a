/** A worker thread: reads, hashes, decodes and resizes images, and writes their pixels or transfers them without a copy. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { errorCode } from '../../../support/files.js';
import { readErrorReason } from '../../images/decode.js';
import type { PreparedPixels } from '../pixel-file.js';
import { packReplies, unpackTasks, type BatchReply, type TasksMessage, type WorkerReply } from './batch-message.js';
import { decodeTask, type DecodeFileTask, type DecodedPixels, type DecodeTask } from './decode-result.js';
import { pixelCost } from './pixel-cost.js';
import { serveTasks } from './worker-thread.js';
import { writePixels, type PlacedPixels } from './write-pixels.js';

/** Bytes; larger files are read by the main thread, which limits the memory in use. */
const LARGE_FILE = 16e6;
/** Bytes of pixels that are collected before they are written. */
const WRITTEN_AT_ONCE = 1e6;

type DecodedInMemory = Awaited<ReturnType<typeof decodeTask>>;

serveTasks<TasksMessage, BatchReply>(async (message) => {
  const began = performance.now();
  const batch = new Batch();
  // One after another, so that few images are in memory.
  for (const task of unpackTasks(message)) await batch.add(task);
  batch.write();
  const reply = packReplies(batch.replies, performance.now() - began);
  const transfer = [reply.sums, ...reply.data].flatMap((bytes) => bytes?.buffer ?? []) as ArrayBuffer[];
  return { reply, transfer };
});

/** The tasks of a message. */
class Batch {
  readonly replies: WorkerReply[] = [];
  /** Pixels to be written, each with the index of its image's reply. */
  #pixels: (PlacedPixels & { readonly reply: number })[] = [];
  #bytes = 0;

  async add(task: DecodeTask | DecodeFileTask): Promise<void> {
    try {
      const result = 'file' in task ? await decodeFile(task) : await decodeTask(task);
      this.replies.push({ result: result && 'images' in result ? this.#place(result, task) : result });
    } catch (error) {
      this.replies.push(failureOf(error));
    }
    if (this.#bytes >= WRITTEN_AT_ONCE) this.write();
  }

  /** Writes the pixels. An error counts for all images that have some of them. */
  write(): void {
    try {
      writePixels(this.#pixels);
    } catch (error) {
      for (const { reply } of this.#pixels) this.replies[reply] = failureOf(error);
    }
    this.#pixels = [];
    this.#bytes = 0;
  }

  /** The first image is written where it has a place; the others are transferred. */
  #place({ facts, images }: DecodedPixels, { to }: Pick<DecodeTask, 'to'>) {
    const kept = images.map(({ data, ...prepared }, i): PreparedPixels => {
      if (to === undefined || i > 0) return { data: ownMemory(data), ...prepared };
      this.#pixels.push({ data, to, reply: this.replies.length });
      this.#bytes += data.length;
      return prepared;
    });
    return { facts, images: kept };
  }
}

function failureOf(error: unknown): WorkerReply {
  const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { failure, code: errorCode(error) };
}

async function decodeFile(task: DecodeFileTask): Promise<DecodedInMemory | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readSmall(task.file);
  } catch (error) {
    const reason = readErrorReason(error);
    if (reason === undefined) throw error;
    return { reason };
  }
  return bytes === undefined || pixelCost(bytes) > 0 ? undefined : decodeTask({ ...task, bytes });
}

/**
 * Reads synchronously: a worker has nothing else to do, and the thread pool would take longer than most images.
 *
 * @returns nothing for a large file
 * @throws the file system's error
 */
function readSmall(path: string): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > LARGE_FILE) return undefined;
    // Some file systems know no sizes.
    if (size === 0) return readFileSync(file);
    const bytes = Buffer.allocUnsafe(size);
    let done = 0;
    for (let read; done < size && (read = readSync(file, bytes, done, size - done, null)) > 0;) done += read;
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}

/** Copies only pixels that share their memory with other data, which is rare. */
function ownMemory(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const isAlone = data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.length;
  return isAlone ? (data as Uint8Array<ArrayBuffer>) : new Uint8Array(data);
}
