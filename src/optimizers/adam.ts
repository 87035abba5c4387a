import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { applyAdam, type Moments } from '../engine/apply-adam.js';
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

function build({ beta1, beta2, epsilon }: AdamOptions): Optimizer {
  return {
    slots: ['m', 'v'],
    update({ weights, slots }, gradients, learningRate, step) {
      const t = tf.tidy(() => tf.add(tf.cast(step, 'float32'), 1));
      const constants = { beta1: tf.scalar(beta1), beta2: tf.scalar(beta2), epsilon: tf.scalar(epsilon) };
      const powers = { beta1Power: tf.pow<Scalar>(beta1, t), beta2Power: tf.pow<Scalar>(beta2, t) };
      const rates = { learningRate, ...constants, ...powers };

      const updated = Object.entries(gradients).map(([name, gradient]) => {
        const moments = { weight: weights[name]!, m: slots['m']![name]!, v: slots['v']![name]! };
        return [name, applyAdam(moments, gradient, rates)] as const;
      });
      tf.dispose([t, constants, powers]);
      const all = (part: keyof Moments) => Object.fromEntries(updated.map(([name, moments]) => [name, moments[part]]));
      return { weights: all('weight'), slots: { m: all('m'), v: all('v') } };
    },
  };
}

/** The initial weights, with accumulators of zero. */
export function startOptimizer(optimizer: Optimizer, weights: Weights): OptimizerState {
  const zeros = () => Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, tf.fill(shape, 0)]));
  return { weights, slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])) };
}
