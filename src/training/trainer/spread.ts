import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Histogram } from '../../registry/kinds/record.js';

/** Summarises a tensor's values in few numbers, so that a graph need not return the tensor. */
export type Spread = {
  /** Smallest and largest finite number. */
  readonly range: Tensor1D;
  /** int32: the numbers in each cell of equal width between them; the last entry counts those that are not finite. */
  readonly counts: Tensor1D;
};

const CELLS = 30;

export const isSpread = (value: unknown): value is Spread =>
  typeof value === 'object' && value !== null && 'range' in value;

/** Plain TensorFlow.js, to be traced or run. The caller owns the result. */
export function spreadOf(tensor: Tensor): Spread {
  return tf.tidy(() => {
    const x = tf.reshape<Rank.R1>(tensor, [-1]);
    const finite = tf.isFinite(x);
    const min = tf.min<Scalar>(tf.where(finite, x, Infinity));
    const max = tf.max<Scalar>(tf.where(finite, x, -Infinity));
    // Halved, because max - min can exceed the range of float32.
    const width = tf.sub(tf.mul(max, 0.5), tf.mul(min, 0.5));
    const place = tf.div(tf.sub(tf.mul(x, 0.5), tf.mul(min, 0.5)), tf.where(tf.greater(width, 0), width, 1));
    const cell = tf.minimum(tf.mul(place, CELLS), CELLS - 1);
    const cells = tf.cast(tf.where(finite, cell, CELLS), 'int32') as Tensor1D;
    return { range: tf.stack([min, max]) as Tensor1D, counts: tf.bincount(cells, tf.tensor1d([], 'int32'), CELLS + 1) };
  });
}

/** Converts a spread to a histogram; undefined when no number is finite. */
export function histogramOf({ range, counts }: Spread): Histogram | undefined {
  const [min, max] = range.dataSync() as unknown as [number, number];
  const cells = Array.from(counts.dataSync().subarray(0, CELLS));
  return cells.some((count) => count > 0) ? { min, max, counts: cells } : undefined;
}
