import { sha256 } from '../../support/hash.js';
import { cutOut, type Raster } from './raster.js';
import { DecodeError } from './decode-error.js';

/** One of two images that lie side by side in one file. */
export type Half = 'left' | 'right';

/**
 * One half of an RGB image. With an odd width the right half has the middle column, as in the code of pix2pix
 * (`w2 = int(w / 2)`).
 *
 * @throws {@link DecodeError} when the image is 1 pixel wide
 */
export function halfOf(image: Raster, half: Half): Raster {
  const { width, height } = image;
  if (width < 2) throw new DecodeError('is 1 pixel wide: two images cannot lie side by side in it');
  const middle = Math.floor(width / 2);
  const [left, right] = half === 'left' ? [0, middle] : [middle, width];
  return cutOut(image, { left, top: 0, width: right - left, height });
}

export function otherHalf(half: Half): Half {
  return half === 'left' ? 'right' : 'left';
}

/** The hash that identifies an image: the SHA-256 of its file; for a half, of that hash and the side. */
export function hashOfHalf(hash: string, half: Half | undefined): string {
  return half === undefined ? hash : sha256([hash, half]);
}
