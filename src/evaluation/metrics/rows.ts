import * as tf from '@tensorflow/tfjs-core';
import type { Features } from '../../registry/kinds/metric.js';

/** A row of numbers an image. */
export type Rows = Pick<Features, 'count' | 'width' | 'values'>;

export interface CentredRows extends Rows {
  readonly mean: Float64Array;
}

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

/** Rows minus a mean, by default their own. */
export function centred(rows: Rows, mean = meanOf(rows)): CentredRows {
  const { count, width, values } = rows;
  return { count, width, values: values.map((value, i) => value - mean[i % width]!), mean };
}

/** The Euclidean distances of all rows of two matrices. @param a [n, width] @param b [m, width] @returns [n, m], row after row */
export async function distances(a: Rows, b: Rows): Promise<Float64Array> {
  // Around the middle, float32 products lose less.
  const middle = meanOf(b);
  const [x, y] = [centred(a, middle), centred(b, middle)];
  const dots = await products(x, y);
  const [normsX, normsY] = [norms(x), norms(y)];
  const result = new Float64Array(dots.length);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      const at = i * b.count + j;
      result[at] = Math.sqrt(Math.max(0, normsX[i]! + normsY[j]! - 2 * dots[at]!));
    }
  }
  return result;
}

/** Squared lengths. */
function norms({ count, width, values }: Rows): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / width)]! += values[i]! ** 2;
  return sums;
}

function meanOf({ count, width, values }: Rows): Float64Array {
  const sums = new Float64Array(width);
  for (let i = 0; i < values.length; i++) sums[i % width]! += values[i]!;
  return sums.map((sum) => sum / count);
}
