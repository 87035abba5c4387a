import * as tf from '@tensorflow/tfjs-core';
import type { Features } from '../../registry/kinds/metric.js';

/**
 * The dot products of all rows of two matrices, by the engine's matrix product.
 *
 * @param a [n, width] @param b [m, width] @returns [n, m], row after row
 */
export async function products(a: Rows, b: Rows): Promise<Float32Array> {
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(a.values, [a.count, a.width]), tf.tensor2d(b.values, [b.count, b.width]), false, true),
  );
  try {
    return (await product.data()) as Float32Array;
  } finally {
    product.dispose();
  }
}

export type Rows = Pick<Features, 'count' | 'width' | 'values'>;
