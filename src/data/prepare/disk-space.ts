import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { freeBytes, noRoom, type Where } from '../../support/free-disk.js';
import { ProblemError } from '../../support/problem.js';
import { truthOf } from '../store/store-format.js';
import type { StoreOptions } from './split-writer.js';

/** Of an image, in bytes: its checksum and its record. */
const RECORD_BYTES = 500;

/**
 * Whether the prepared images fit on the disk, before any is prepared.
 *
 * @param free bytes that may still be written; `undefined` where nobody knows
 * @throws ProblemError `disk-full`
 */
export async function checkDiskSpace(
  dir: string,
  lists: ReadonlyMap<Split, readonly SourceImage[]>,
  options: Pick<StoreOptions, 'image_size' | 'load_size'>,
  free: (dir: string) => Promise<number | undefined> = freeBytes,
): Promise<void> {
  const [need, room] = [neededBytes(lists, options), await free(dir)];
  if (room === undefined || need <= room) return;
  throw diskFullForImages({ dir, need, free: room });
}

/** Before the images are prepared, and when the disk becomes full all the same. */
export function diskFullForImages(where: Where): ProblemError {
  const otherwise =
    'prepare fewer or smaller images (dataset.limit, dataset.load_size); runner clean frees what no run needs';
  return new ProblemError(noRoom('the store of prepared images', where, otherwise));
}

function neededBytes(
  lists: ReadonlyMap<Split, readonly SourceImage[]>,
  { image_size, load_size }: Pick<StoreOptions, 'image_size' | 'load_size'>,
): number {
  let bytes = 0;
  for (const [split, images] of lists) {
    const size = split.startsWith('train') ? load_size : image_size;
    const each = truthOf(split) && images.every((image) => image.truth !== undefined) ? 2 : 1;
    bytes += images.length * each * (size * size * 3 + RECORD_BYTES);
  }
  return bytes;
}
