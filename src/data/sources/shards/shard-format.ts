import { open } from 'node:fs/promises';
import type { Domain } from '../../../registry/kinds/dataset.js';
import { DecodeError, CUT_OFF } from '../../images/decode-error.js';

/** An image in a shard: where its entry lies. */
export interface Slot {
  /** Unique in the shard. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** A kind of file that holds many encoded images. Shards are never read as a whole: images are found by an index of their places. */
export interface ShardFormat {
  /** What such a file is called in messages: `a TFRecord file`. */
  readonly called: string;
  /**
   * The images in a shard, in its order.
   *
   * @throws ProblemError `damaged-shard`, `unsupported-shard` @throws the signal's reason
   */
  index(path: string, signal?: AbortSignal): Promise<readonly Slot[]>;
  /** The encoded image. @throws DecodeError when its entry is damaged */
  read(path: string, slot: Slot): Promise<Uint8Array>;
}

/** How the shards of each domain are read: both may be the same files, whose entries hold an image of each domain. */
export type ShardFormats = Readonly<Record<Domain, ShardFormat>>;

/** Reads a part of a file. @throws DecodeError when the file ends before */
export async function readPart(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw new DecodeError(CUT_OFF);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
