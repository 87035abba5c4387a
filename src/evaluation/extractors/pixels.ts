import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { resampleMatrix } from '../../data/images/resample-weights.js';

/**
 * Images as a reader of 8-bit PNG files sees them, resized as by clean-fid's "clean" (Parmar, Zhang and Zhu 2022, arXiv:2104.11222):
 * Pillow's antialiased bicubic filter on each channel as floats, without rounding, clipped to the range of pixels.
 *
 * @param images [b, h, w, 3] or [b, h, w, 1] in [-1, 1]
 * @returns [b, size, size, 3] from 0 to 255
 */
export function pixelsOf(images: Tensor4D, size: number): Tensor4D {
  return tf.tidy(() => {
    const levels: Tensor4D = tf.clipByValue(tf.round(tf.mul(tf.add(images, 1), 127.5)), 0, 255);
    const [, height, width] = images.shape;
    if (height === size && width === size) return inColour(levels);
    return inColour(tf.clipByValue(resized2d(levels, size), 0, 255));
  });
}

/** Columns first, as Pillow does. */
function resized2d(x: Tensor4D, size: number): Tensor4D {
  const byWidth = tf.transpose(x, [0, 1, 3, 2]); // [b, h, c, w]
  const columns = alongLast(byWidth, size); // [b, h, c, size]
  const byHeight = tf.transpose(columns, [0, 2, 3, 1]); // [b, c, size, h]
  return tf.transpose(alongLast(byHeight, size), [0, 3, 2, 1]); // [b, size, size, c]
}

/** Resamples the last axis of a tensor: a product with a constant matrix. */
function alongLast(x: Tensor4D, to: number): Tensor4D {
  const [a, b, c, from] = x.shape;
  if (from === to) return x;
  const matrix = tf.tensor2d(resampleMatrix(from, to, 'bicubic'), [to, from]);
  const rows: Tensor2D = tf.reshape(x, [a * b * c, from]);
  return tf.reshape(tf.matMul(rows, matrix, false, true), [a, b, c, to]);
}

/** Three equal channels of a grey image: networks were trained on colours. */
function inColour(x: Tensor4D): Tensor4D {
  const channels = x.shape[3];
  if (channels === 3) return x;
  if (channels === 1) return tf.tile(x, [1, 1, 1, 3]);
  throw new RangeError(`Features are of images of 3 channels, or of 1; these have ${channels}.`);
}
