/** A worker thread: decodes images and transfers their pixels, without copying them. */
import { readFileSync, statSync } from 'node:fs';
import sharp from 'sharp';
import { readErrorReason } from '../../images/decode.js';
import {
  decodeTask,
  type DecodeResult,
  type DecodeFileTask,
  type DecodedFile,
  type DecodeTask,
} from './decode-result.js';
import { pixelCost } from './pixel-cost.js';
import { serveTasks } from './worker-thread.js';

// Each core has a worker, so libvips needs no further threads; no image is decoded twice, so it needs no cache.
sharp.concurrency(1);
sharp.cache(false);

/** Bytes; larger files are read by the main thread, which limits the memory in use. */
const LARGE_FILE = 16e6;

/** A worker's reply: a result, nothing for a large file, or the stack of a bug in the runner, which is not the image's fault. */
export type WorkerReply = { readonly result: DecodeResult | undefined } | { readonly bug: string };

serveTasks<DecodeTask | DecodeFileTask, WorkerReply>(async (task) => {
  try {
    const result = 'file' in task ? await decodeFile(task) : await decodeTask(task);
    return result && 'images' in result ? transferable(result) : { reply: { result }, transfer: [] };
  } catch (error) {
    const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { reply: { bug }, transfer: [] };
  }
});

/** Reads synchronously: a worker has nothing else to do, and the thread pool would take longer than most images. */
async function decodeFile({ file, ...request }: DecodeFileTask): Promise<DecodeResult | undefined> {
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

/** Copies only pixels that share their memory with other data, which is rare. */
function transferable(file: DecodedFile) {
  const images = file.images.map(({ data, sum }) => ({ data: ownMemory(data), sum: new Uint8Array(sum) }));
  return { reply: { result: { ...file, images } }, transfer: images.map(({ data }) => data.buffer) };
}

function ownMemory(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const isAlone = data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.length;
  return isAlone ? (data as Uint8Array<ArrayBuffer>) : new Uint8Array(data);
}
