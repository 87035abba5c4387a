import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { recording } from './graph/recorder.js';
import { boolOf, typeOf } from './graph/graph-def.js';

/** A weight with Adam's running means of its gradient (m) and of the gradient's square (v). */
export interface Moments {
  readonly weight: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/** The rates of one update of Adam; powers are beta^t, where t counts updates from 1. */
export interface AdamRates {
  readonly learningRate: Scalar;
  readonly beta1: Scalar;
  readonly beta2: Scalar;
  readonly beta1Power: Scalar;
  readonly beta2Power: Scalar;
  readonly epsilon: Scalar;
}

/**
 * m <- m + (1 - beta1) (g - m);  v <- v + (1 - beta2) (g^2 - v);
 * w <- w - alpha m / (sqrt(v) + epsilon), where alpha = learningRate sqrt(1 - beta2^t) / (1 - beta1^t).
 *
 * Computes the same float32 steps as TensorFlow's ResourceApplyAdam (tensorflow/core/kernels/training_ops.cc), which a traced graph
 * uses: one pass over the memory instead of a dozen. (`tf.train.adam` adds epsilon elsewhere.)
 */
export function applyAdam({ weight, m, v }: Moments, gradient: Tensor, rates: AdamRates): Moments {
  return fused({ weight, m, v }, gradient, rates) ?? byFormula({ weight, m, v }, gradient, rates);
}

/** Records the fused op if a function is traced and the tensors are variables' current values; undefined otherwise, or if the gradient needs broadcasting. */
function fused({ weight, m, v }: Moments, gradient: Tensor, rates: AdamRates): Moments | undefined {
  if (![m, v, gradient].every(({ shape }) => tf.util.arraysEqual(shape, weight.shape))) return undefined;
  const { beta1Power, beta2Power, learningRate, beta1, beta2, epsilon } = rates;
  const inputs = [beta1Power, beta2Power, learningRate, beta1, beta2, epsilon, gradient];
  const attributes = { T: typeOf('float32'), use_locking: boolOf(false), use_nesterov: boolOf(false) };
  const updated = recording()?.update('ResourceApplyAdam', [weight, m, v], inputs, attributes);
  return updated && { weight: updated[0]!, m: updated[1]!, v: updated[2]! };
}

function byFormula({ weight, m, v }: Moments, gradient: Tensor, rates: AdamRates): Moments {
  const { learningRate, beta1, beta2, beta1Power, beta2Power, epsilon } = rates;
  const newM = tf.tidy(() => tf.add(m, tf.mul(tf.sub(gradient, m), tf.sub(1, beta1))));
  const newV = tf.tidy(() => tf.add(v, tf.mul(tf.sub(tf.square(gradient), v), tf.sub(1, beta2))));
  const newWeight = tf.tidy(() => {
    const alpha = tf.div(tf.mul(learningRate, tf.sqrt(tf.sub(1, beta2Power))), tf.sub(1, beta1Power));
    return tf.sub(weight, tf.div(tf.mul(newM, alpha), tf.add(tf.sqrt(newV), epsilon)));
  });
  return { weight: newWeight, m: newM, v: newV };
}
