import type { DatasetConfig } from '../../registry/config.js';
import { resizeNearest } from './nearest.js';
import { resample } from './resample.js';
import type { TargetSize } from './target-size.js';

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
  size: TargetSize,
  interpolation: DatasetConfig['interpolation'],
): Uint8Array {
  return interpolation === 'nearest'
    ? resizeNearest(source, width, height, size)
    : resample(source, width, height, size, interpolation);
}
