import type { ImageFacts, DecodeFileTask, DecodeResult, DecodeTask } from './decode-result.js';
import { SUM_BYTES } from '../../store/store-format.js';
import type { PreparedPixels } from '../pixel-file.js';

/** Tasks for a worker: those of files as JSON, which is cloned in a fraction of the time that objects take. */
export type TasksMessage = readonly DecodeTask[] | string;

export function packFileTasks(tasks: readonly DecodeFileTask[]): TasksMessage {
  return JSON.stringify(tasks);
}

export function unpackTasks(message: TasksMessage): readonly (DecodeTask | DecodeFileTask)[] {
  return typeof message === 'string' ? (JSON.parse(message) as DecodeFileTask[]) : message;
}

/**
 * A worker's reply: a result; nothing for a large file; or what is not the image's fault: the stack of a bug in the runner, or an error of
 * the file system in writing, with its code.
 */
export type WorkerReply =
  { readonly result?: DecodeResult | undefined } | { readonly failure: string; readonly code?: string | undefined };

/** The replies to the tasks of a message, in their order; see {@link packReplies}. */
export interface BatchReply {
  /** JSON of a {@link PackedReply} for each task. */
  readonly content: string;
  /** The checksums of all images, one after another. */
  readonly sums: Uint8Array;
  /** The pixels of each image that a worker has not written. */
  readonly data: readonly (Uint8Array | undefined)[];
  /** Milliseconds that they took. */
  readonly ms: number;
}

type PackedReply =
  | { readonly facts: ImageFacts; readonly sizes: readonly (readonly [height: number, width: number])[] }
  | { readonly reason: string }
  | { readonly failure: string; readonly code?: string }
  | null;

/** Packs replies into few objects: cloning one for each image and checksum takes a worker longer than hashing the image. */
export function packReplies(replies: readonly WorkerReply[], ms: number): BatchReply {
  const images: PreparedPixels[] = [];
  const packed = replies.map((reply): PackedReply => {
    if ('failure' in reply) return reply;
    const { result } = reply;
    if (result === undefined || 'reason' in result) return result ?? null;
    images.push(...result.images);
    return { facts: result.facts, sizes: result.images.map(({ height, width }) => [height, width]) };
  });
  const sums = new Uint8Array(images.length * SUM_BYTES);
  images.forEach(({ sum }, i) => sums.set(sum, i * SUM_BYTES));
  return { content: JSON.stringify(packed), sums, data: images.map(({ data }) => data), ms };
}

export function unpackReplies({ content, sums, data }: BatchReply): readonly WorkerReply[] {
  let next = 0;
  return (JSON.parse(content) as PackedReply[]).map((packed) => {
    if (packed === null) return {};
    if ('failure' in packed) return packed;
    if ('reason' in packed) return { result: packed };
    const images = packed.sizes.map(([height, width]): PreparedPixels => {
      const index = next++;
      const sum = sums.subarray(index * SUM_BYTES, (index + 1) * SUM_BYTES);
      return { height, width, sum, ...(data[index] && { data: data[index] }) };
    });
    return { result: { facts: packed.facts, images } };
  });
}
