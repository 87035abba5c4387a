import type { Random } from '../../support/keyed-random.js';
import { sidesOf, type HeightWidth, type Sides } from '../../support/sides.js';
import type { StoredImage } from '../store/prepared-store.js';

/** The tutorial's normalisation, x / 127.5 - 1 in float32, for each value of a byte. */
const NORMALISED = Float32Array.from({ length: 256 }, (_, byte) => Math.fround(byte / 127.5) - 1);

/** The position of a crop in its image, and whether it is mirrored. */
export interface Jitter {
  readonly left: number;
  readonly top: number;
  readonly flip: boolean;
}

/** The tutorial's random jitter: a uniformly drawn crop of `size` from an image, mirrored with probability 1/2. */
export function drawJitter(random: Random, image: HeightWidth, size: Sides, flip: boolean): Jitter {
  const { height, width } = sidesOf(size);
  const left = random.int(image.width - width + 1);
  return { left, top: random.int(image.height - height + 1), flip: random.chance(0.5) && flip };
}

/**
 * Crops, mirrors and normalises an image to [-1, 1].
 *
 * @param out receives [height, width, 3] float32 from `offset` on
 */
export function cropInto(out: Float32Array, offset: number, image: StoredImage, size: Sides, jitter: Jitter): void {
  const { data, width } = image;
  const crop = sidesOf(size);
  const step = jitter.flip ? -3 : 3;
  let at = offset;
  for (let y = 0; y < crop.height; y++) {
    const row = ((jitter.top + y) * width + jitter.left) * 3;
    let from = jitter.flip ? row + (crop.width - 1) * 3 : row;
    for (let x = 0; x < crop.width; x++, from += step) {
      out[at++] = NORMALISED[data[from]!]!;
      out[at++] = NORMALISED[data[from + 1]!]!;
      out[at++] = NORMALISED[data[from + 2]!]!;
    }
  }
}

/** Normalises a whole image to [-1, 1]: [height, width, 3] float32. */
export function normalise(image: StoredImage): Float32Array {
  return Float32Array.from(image.data, (byte) => NORMALISED[byte]!);
}
