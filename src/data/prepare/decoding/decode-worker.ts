/** A worker thread: reads, hashes, decodes and resizes images, and writes their pixels or transfers them without a copy. */
import { readFileSync, statSync } from 'node:fs';
import { errorCode } from '../../../support/files.js';
import { readErrorReason } from '../../images/decode.js';
import type { PixelPlace, PreparedPixels } from '../pixel-file.js';
import {
  decodeTask,
  type DecodeResult,
  type DecodeFileTask,
  type DecodedPixels,
  type DecodeTask,
} from './decode-result.js';
import { pixelCost } from './pixel-cost.js';
import { serveTasks } from './worker-thread.js';
import { writePixels } from './write-pixels.js';

/** Bytes; larger files are read by the main thread, which limits the memory in use. */
const LARGE_FILE = 16e6;

/**
 * A worker's reply: a result; nothing for a large file; or what is not the image's fault: the stack of a bug in the runner, or an error of
 * the file system in writing, with its code.
 */
export type WorkerReply =
  { readonly result: DecodeResult | undefined } | { readonly failure: string; readonly code?: string | undefined };

/** The replies to the tasks of a message, in their order. */
export interface BatchReply {
  readonly replies: readonly WorkerReply[];
  /** Milliseconds that they took. */
  readonly ms: number;
}

interface Transferred {
  readonly reply: WorkerReply;
  readonly transfer: readonly ArrayBuffer[];
}

type DecodedInMemory = Awaited<ReturnType<typeof decodeTask>>;

serveTasks<readonly (DecodeTask | DecodeFileTask)[], BatchReply>(async (tasks) => {
  const began = performance.now();
  const done: Transferred[] = [];
  // One after another, so that few images are in memory.
  for (const task of tasks) done.push(await run(task));
  const replies = done.map(({ reply }) => reply);
  return { reply: { replies, ms: performance.now() - began }, transfer: done.flatMap(({ transfer }) => transfer) };
});

async function run(task: DecodeTask | DecodeFileTask): Promise<Transferred> {
  try {
    const result = 'file' in task ? await decodeFile(task) : await decodeTask(task);
    return result && 'images' in result ? replyOf(result, task.to) : { reply: { result }, transfer: [] };
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { reply: { failure, code: errorCode(error) }, transfer: [] };
  }
}

/** Reads synchronously: a worker has nothing else to do, and the thread pool would take longer than most images. */
async function decodeFile({ file, ...request }: DecodeFileTask): Promise<DecodedInMemory | undefined> {
  let bytes: Uint8Array;
  try {
    if (statSync(file).size > LARGE_FILE) return undefined;
    bytes = readFileSync(file);
  } catch (error) {
    const reason = readErrorReason(error);
    if (reason === undefined) throw error;
    return { reason };
  }
  return pixelCost(bytes) > 0 ? undefined : decodeTask({ bytes, ...request });
}

/** Writes the first image where it has a place; transfers the others. */
function replyOf({ facts, images }: DecodedPixels, to: PixelPlace | undefined): Transferred {
  const [first, ...others] = images;
  if (to !== undefined) writePixels(first!.data, to);
  const kept: PreparedPixels[] = (to === undefined ? images : others).map(({ data, sum }) => ({
    data: ownMemory(data),
    sum: new Uint8Array(sum),
  }));
  if (to !== undefined) kept.unshift({ sum: new Uint8Array(first!.sum) });
  const transfer = kept.flatMap(({ data }) => data?.buffer ?? []) as ArrayBuffer[];
  return { reply: { result: { facts, images: kept } }, transfer };
}

/** Copies only pixels that share their memory with other data, which is rare. */
function ownMemory(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const isAlone = data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.length;
  return isAlone ? (data as Uint8Array<ArrayBuffer>) : new Uint8Array(data);
}
