import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { freeBytes, notEnoughSpace, type FullDisk } from '../../support/free-disk.js';
import { ProblemError } from '../../support/problem.js';
import { pixelsIn } from '../../support/sides.js';
import { fitsOf, sizeOf, type FitOptions } from '../images/fit.js';
import { truthOf } from '../store/store-format.js';

/** Bytes of an image's checksum and record. */
const RECORD_BYTES = 500;

/**
 * Checks that the prepared images will fit on the disk, before any is prepared.
 *
 * @param free returns the free bytes; `undefined` where they are unknown
 * @throws ProblemError `disk-full`
 */
export async function checkDiskSpace(
  dir: string,
  lists: ReadonlyMap<Split, readonly SourceImage[]>,
  options: FitOptions,
  free: (dir: string) => Promise<number | undefined> = freeBytes,
): Promise<void> {
  const [need, available] = [neededBytes(lists, options), await free(dir)];
  if (available === undefined || need <= available) return;
  throw diskFullForImages({ dir, need, free: available });
}

/** The problem before preparing, and when the disk becomes full later. */
export function diskFullForImages(where: FullDisk): ProblemError {
  const otherwise =
    'prepare fewer or smaller images (dataset.limit, dataset.load_size); runner clean frees what no run needs';
  return new ProblemError(notEnoughSpace('the store of prepared images', where, otherwise));
}

function neededBytes(lists: ReadonlyMap<Split, readonly SourceImage[]>, options: FitOptions): number {
  const { train, test } = fitsOf(options);
  let bytes = 0;
  for (const [split, images] of lists) {
    // Images of different sizes have at least that of a crop.
    const size = sizeOf(split.startsWith('train') ? train : test) ?? options.image_size;
    const each = truthOf(split) && images.every((image) => image.truth !== undefined) ? 2 : 1;
    bytes += images.length * each * (pixelsIn(size) * 3 + RECORD_BYTES);
  }
  return bytes;
}
