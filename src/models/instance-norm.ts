import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { customGradient } from '../engine/ops.js';

const EPSILON = 1e-5;
const SPACE = [1, 2]; // height and width

/**
 * Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022): every channel of every picture gets mean 0 and
 * variance 1 over its pixels, then a learned scale and offset. [b, h, w, c] to the same; scale and offset: [c].
 *
 * The gradient is written out, so that only x is kept for it: differentiating the formula step by step would keep three
 * more tensors of x's size.
 */
export function instanceNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor4D {
  return customGradient(
    [x, scale, offset],
    (save) => {
      save([x, scale]);
      return tf.add(tf.mul(normalize(x).normal, scale), offset);
    },
    (dy, [x, scale]) => {
      const { normal, inverseDeviation } = normalize(x as Tensor4D);
      const dyNormal = tf.mul(dy, normal);
      // A pixel moves its own value, and the mean and the variance of its channel.
      const throughMean = tf.mean(dy, SPACE, true);
      const throughVariance = tf.mul(normal, tf.mean(dyNormal, SPACE, true));
      const dx = tf.mul(tf.sub(tf.sub(dy, throughMean), throughVariance), tf.mul(inverseDeviation, scale as Tensor1D));
      return [dx, tf.sum(dyNormal, [0, 1, 2]), tf.sum(dy, [0, 1, 2])];
    },
  );
}

function normalize(x: Tensor4D): { normal: Tensor4D; inverseDeviation: Tensor } {
  const { mean, variance } = tf.moments(x, SPACE, true); // [b, 1, 1, c]
  const inverseDeviation = tf.rsqrt(tf.add(variance, EPSILON));
  return { normal: tf.mul(tf.sub(x, mean), inverseDeviation), inverseDeviation };
}
