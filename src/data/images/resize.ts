import type { DatasetConfig } from '../../registry/config.js';
import { resizeNearest } from './nearest.js';
import { resample } from './resample.js';
import type { HeightWidth, Sides } from '../../support/sides.js';

/**
 * Resizes an RGB image, exactly like the reference code: `nearest` as TensorFlow's
 * `tf.image.resize` (the tutorial), `bilinear` and `bicubic` as Pillow (the paper's code).
 *
 * @param source [height, width, 3], uint8
 * @returns the image at that size, uint8; the source itself where it has that size
 */
export function resize(
  source: Uint8Array,
  width: number,
  height: number,
  size: Sides | HeightWidth,
  interpolation: DatasetConfig['interpolation'],
): Uint8Array {
  return interpolation === 'nearest'
    ? resizeNearest(source, width, height, size)
    : resample(source, width, height, size, interpolation);
}
