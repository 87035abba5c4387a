import * as tf from '@tensorflow/tfjs-core';

/**
 * The mean of a symmetric matrix over the pairs of a resample's images, for each resample: image i counts w_i times, the pair i, j w_i w_j
 * times. Pairs of an image and its own copy are left out, like an image and itself.
 *
 * @param counts [resamples, n] @param matrix [n, n] @returns a number for each resample; NaN for one that has a single image only
 */
export async function meanOfPairs(counts: Float32Array, matrix: Float64Array, n: number): Promise<number[]> {
  const others = matrix.slice();
  for (let i = 0; i < n; i++) others[i * (n + 1)] = 0;
  const sums = await weighted(counts, counts, others, n, n);
  return sums.map((sum, resample) => {
    let own = 0;
    for (let i = resample * n; i < (resample + 1) * n; i++) own += counts[i]! ** 2;
    return sum / (n * n - own);
  });
}

/** The mean of a matrix over all pairs of an image of a resample of one set and one of the other, for each resample. @param matrix [n, m] */
export async function meanAcross(
  a: Float32Array,
  b: Float32Array,
  matrix: Float64Array,
  n: number,
  m: number,
): Promise<number[]> {
  return (await weighted(a, b, matrix, n, m)).map((sum) => sum / (n * m));
}

/** a K bᵀ for each row of `a` and the same row of `b`. */
async function weighted(
  a: Float32Array,
  b: Float32Array,
  matrix: Float64Array,
  n: number,
  m: number,
): Promise<number[]> {
  const sums = tf.tidy(() => {
    const product = tf.matMul(tf.tensor2d(a, [a.length / n, n]), tf.tensor2d(Float32Array.from(matrix), [n, m]));
    return tf.sum(tf.mul(product, tf.tensor2d(b, [b.length / m, m])), 1);
  });
  try {
    return Array.from(await sums.data());
  } finally {
    sums.dispose();
  }
}
