import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { customGradient } from '../engine/ops.js';

/**
 * Power iterations from a fixed vector. Miyato et al. run one a step and keep its vector in the state; ten of them need no state, so that a
 * network stays a function of its weights, and the estimate is at least as near.
 */
const ITERATIONS = 10;

/**
 * Spectral normalisation (Miyato et al. 2018, arXiv:1802.05957): a kernel divided by the largest singular value of its matrix, whose columns
 * are the output channels. [h, w, in, out] to the same.
 *
 * In the gradient, as in the paper's equation 12, the singular vectors are constants.
 */
export function spectralNorm(kernel: Tensor4D): Tensor4D {
  return customGradient(
    [kernel],
    (save) => {
      const matrix = tf.reshape<Rank.R2>(kernel, [-1, kernel.shape[3]]);
      const { left, right } = singularVectors(matrix);
      const value = tf.sum(tf.mul(left, tf.matMul(matrix, right)));
      const normalized = tf.div<Tensor4D>(kernel, value);
      save([normalized, value, left, right]);
      return normalized;
    },
    (dy, [normalized, value, left, right]) => {
      const along = tf.mul(tf.sum(tf.mul(dy, normalized!)), tf.matMul(left!, right!, false, true));
      return [tf.div(tf.sub(dy, tf.reshape(along, dy.shape)), value!)];
    },
  );
}

/** The singular vectors of the largest singular value. matrix: [n, m]; left: [n, 1]; right: [m, 1]. */
function singularVectors(matrix: Tensor2D): { readonly left: Tensor2D; readonly right: Tensor2D } {
  const columns = matrix.shape[1];
  // Irregular, so that it is orthogonal to no singular vector but by accident.
  let right = tf.tensor2d(
    Float32Array.from({ length: columns }, (_, i) => Math.sin(1 + i * i)),
    [columns, 1],
  );
  let left = unit(tf.matMul(matrix, right));
  for (let i = 0; i < ITERATIONS; i++) {
    right = unit(tf.matMul(matrix, left, true));
    left = unit(tf.matMul(matrix, right));
  }
  return { left, right };
}

const unit = (x: Tensor2D): Tensor2D => tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x)), 1e-12)));
