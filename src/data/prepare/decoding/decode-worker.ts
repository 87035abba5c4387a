/** A worker thread: answers tasks with pixels that are handed over, not copied. */
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

// There is a worker a core: libvips needs no threads of its own, and no image comes twice.
sharp.concurrency(1);
sharp.cache(false);

/** Bytes; larger files are read one after another, by who knows how much memory there is. */
const LARGE_FILE = 16e6;

/** What a worker says: an answer, or nothing of a file that is large; or what went wrong in the runner itself, which is not the image's fault. */
export type WorkerReply = { readonly answer: DecodeResult | undefined } | { readonly bug: string };

serveTasks<DecodeTask | DecodeFileTask, WorkerReply>(async (task) => {
  try {
    const made = 'file' in task ? await decodeFile(task) : await decodeTask(task);
    return made && 'images' in made ? transferable(made) : { answer: { answer: made }, transfer: [] };
  } catch (error) {
    const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { answer: { bug }, transfer: [] };
  }
});

/** Reads at once: a worker has nothing else to do, and asking the thread pool takes longer than most images. */
async function decodeFile({ file, ...wanted }: DecodeFileTask): Promise<DecodeResult | undefined> {
  let bytes: Uint8Array;
  try {
    if (statSync(file).size > LARGE_FILE) return undefined;
    bytes = readFileSync(file);
  } catch (error) {
    const reason = readErrorReason(error);
    if (reason === undefined) throw error;
    return { reason };
  }
  return pixelCost(bytes) > 0 ? undefined : decodeTask({ bytes, ...wanted });
}

/** Without a copy where pixels have memory of their own, as they mostly do. */
function transferable(good: DecodedFile) {
  const images = good.images.map(({ data, sum }) => ({ data: ownMemory(data), sum: new Uint8Array(sum) }));
  return { answer: { answer: { ...good, images } }, transfer: images.map(({ data }) => data.buffer) };
}

function ownMemory(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const own = data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.length;
  return own ? (data as Uint8Array<ArrayBuffer>) : new Uint8Array(data);
}
