import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Weights } from '../registry/kinds/network.js';
import type { Optimizer, OptimizerComponent, OptimizerState } from '../registry/kinds/objective.js';

export interface AdamOptions {
  readonly learning_rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

const decay = (description: string, value: number) =>
  ({ description, type: 'number', minimum: 0, exclusiveMaximum: 1, default: value }) as const;

export const adam: OptimizerComponent<AdamOptions> = {
  summary: 'Adam (Kingma and Ba 2015), as Keras and TensorFlow compute it',
  schema: {
    properties: {
      learning_rate: {
        description: 'Size of a step, before the schedule changes it.',
        type: 'number',
        exclusiveMinimum: 0,
        default: 2e-4,
      },
      beta1: decay('How much of the mean of the gradients stays at each step.', 0.5),
      beta2: decay('How much of the mean of the squared gradients stays at each step.', 0.999),
      epsilon: {
        description: 'Keeps the division finite: 1e-7 in Keras, 1e-8 in PyTorch.',
        type: 'number',
        exclusiveMinimum: 0,
        default: 1e-7,
      },
    },
  },
  create: build,
};

/**
 * m <- m + (1 - beta1) (g - m);  v <- v + (1 - beta2) (g^2 - v);
 * w <- w - alpha m / (sqrt(v) + epsilon), where alpha = learningRate sqrt(1 - beta2^t) / (1 - beta1^t) and t = step + 1.
 *
 * This is the formula of TensorFlow's ResourceApplyAdam, step by step, with its float32 constants, so that a traced graph
 * with that op gives the same weights. (`tf.train.adam` adds epsilon elsewhere.)
 */
function build(options: AdamOptions): Optimizer {
  const beta1 = Math.fround(options.beta1);
  const beta2 = Math.fround(options.beta2);
  const epsilon = Math.fround(options.epsilon);
  return {
    slots: ['m', 'v'],
    update(state, gradients, learningRate, step) {
      const t = step + 1;
      const alpha = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      const { m: oldM, v: oldV } = state.slots as { m: Weights; v: Weights };

      const weights: Record<string, Tensor> = {};
      const m: Record<string, Tensor> = {};
      const v: Record<string, Tensor> = {};
      for (const [name, g] of Object.entries(gradients)) {
        m[name] = tf.tidy(() => towards(oldM[name]!, g, 1 - beta1));
        v[name] = tf.tidy(() => towards(oldV[name]!, tf.square(g), 1 - beta2));
        weights[name] = tf.tidy(() => {
          const change = tf.div(tf.mul(m[name]!, alpha), tf.add(tf.sqrt(v[name]!), epsilon));
          return tf.sub(state.weights[name]!, change);
        });
      }
      return { weights, slots: { m, v } };
    },
  };
}

const towards = (mean: Tensor, value: Tensor, share: number) => tf.add(mean, tf.mul(tf.sub(value, mean), share));

/** Weights at the start of training, with accumulators of zero. */
export function startOptimizer(optimizer: Optimizer, weights: Weights): OptimizerState {
  const zeros = () => Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, tf.zerosLike(weight)]));
  return { weights, slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])) };
}
