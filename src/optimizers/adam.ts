import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { applyAdam, type Moments } from '../engine/apply-adam.js';
import type { OptionsSchema } from '../registry/component.js';
import type { Weights } from '../registry/kinds/network.js';
import type { LearningRate, Optimizer, OptimizerComponent, OptimizerState } from '../registry/kinds/objective.js';
import { learningRateOption, resolveLearningRate } from './learning-rate.js';
import { decayOption, epsilonOption } from './options.js';

export interface AdamOptions {
  readonly learning_rate: LearningRate;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

const PROPERTIES: OptionsSchema['properties'] = {
  learning_rate: learningRateOption(2e-4),
  beta1: decayOption('How much of the mean of the gradients stays at each step.', 0.5),
  beta2: decayOption('How much of the mean of the squared gradients stays at each step.', 0.999),
  epsilon: epsilonOption('Keeps the division finite: 1e-7 in Keras, 1e-8 in PyTorch.'),
};

export const adam: OptimizerComponent<AdamOptions> = {
  summary: 'Adam (Kingma and Ba 2015), as Keras and TensorFlow compute it',
  schema: { properties: PROPERTIES },
  resolve: resolveLearningRate,
  create: (options) => build(options),
};

export interface AdamWOptions extends AdamOptions {
  readonly weight_decay: number;
}

export const adamw: OptimizerComponent<AdamWOptions> = {
  summary: 'Adam with decoupled weight decay (Loshchilov and Hutter 2019), as Keras and PyTorch compute it',
  details:
    'Each step also moves every weight towards 0 by learning_rate x weight_decay of it: kernels, scales, offsets and biases.',
  schema: {
    properties: {
      ...PROPERTIES,
      weight_decay: {
        description:
          'How much of each weight is taken off in a step, times the learning rate: 0.01 in PyTorch, 0.004 in Keras.',
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.01,
      },
    },
  },
  resolve: resolveLearningRate,
  create: (options) => build(options, options.weight_decay),
};

/** @param weightDecay taken off each weight besides Adam's step, times the learning rate */
function build({ beta1, beta2, epsilon }: AdamOptions, weightDecay = 0): Optimizer {
  return {
    slots: ['m', 'v'],
    update({ weights, slots }, gradients, learningRate, step) {
      const t = tf.tidy(() => tf.add(tf.cast(step, 'float32'), 1));
      const constants = { beta1: tf.scalar(beta1), beta2: tf.scalar(beta2), epsilon: tf.scalar(epsilon) };
      const powers = { beta1Power: tf.pow<Scalar>(beta1, t), beta2Power: tf.pow<Scalar>(beta2, t) };
      const rates = { learningRate, ...constants, ...powers };

      const updated = Object.entries(gradients).map(([name, gradient]) => {
        const moments = { weight: weights[name]!, m: slots['m']![name]!, v: slots['v']![name]! };
        const next = applyAdam(moments, gradient, rates);
        return [name, weightDecay === 0 ? next : decayed(next, moments.weight, learningRate, weightDecay)] as const;
      });
      tf.dispose([t, constants, powers]);
      const all = (part: keyof Moments) => Object.fromEntries(updated.map(([name, moments]) => [name, moments[part]]));
      return { weights: all('weight'), slots: { m: all('m'), v: all('v') } };
    },
  };
}

/** After Adam's step, which does not depend on the weight, rather than before it: so the step stays one op. */
function decayed(next: Moments, before: Tensor, learningRate: Scalar, weightDecay: number): Moments {
  const weight = tf.tidy(() => tf.sub(next.weight, tf.mul(before, tf.mul(learningRate, weightDecay))));
  next.weight.dispose();
  return { ...next, weight };
}

/** The initial weights, with accumulators of zero. */
export function startOptimizer(optimizer: Optimizer, weights: Weights): OptimizerState {
  const zeros = () => Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, tf.fill(shape, 0)]));
  return { weights, slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])) };
}
