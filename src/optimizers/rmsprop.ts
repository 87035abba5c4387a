import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LearningRate, Optimizer, OptimizerComponent } from '../registry/kinds/objective.js';
import { learningRateOption, resolveLearningRate } from './learning-rate.js';
import { decayOption, epsilonOption } from './options.js';

export interface RmspropOptions {
  readonly learning_rate: LearningRate;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
}

/** v <- rho v + (1 - rho) g^2;  step = learningRate g / sqrt(v + epsilon);  with momentum: m <- momentum m + step, w <- w - m. */
export const rmsprop: OptimizerComponent<RmspropOptions> = {
  summary: 'RMSprop (Hinton 2012), as Keras and TensorFlow compute it',
  details: 'The optimizer of the Wasserstein GAN (Arjovsky et al. 2017), whose learning rate is the default.',
  schema: {
    properties: {
      learning_rate: learningRateOption(5e-5),
      rho: decayOption('How much of the mean of the squared gradients stays at each step.', 0.9),
      momentum: decayOption('How much of the last step is made again; 0 for no momentum.', 0),
      epsilon: epsilonOption(
        'Keeps the division finite. It is added under the root, as in Keras; PyTorch adds it after.',
      ),
    },
  },
  resolve: resolveLearningRate,
  create: build,
};

function build({ rho, momentum, epsilon }: RmspropOptions): Optimizer {
  const hasMomentum = momentum > 0;
  return {
    slots: hasMomentum ? ['v', 'm'] : ['v'],
    update({ weights, slots }, gradients, learningRate) {
      const [weight, v, m]: Record<string, Tensor>[] = [{}, {}, {}];
      for (const [name, gradient] of Object.entries(gradients)) {
        const mean = tf.tidy(() => tf.add(tf.mul(slots['v']![name]!, rho), tf.mul(tf.square(gradient), 1 - rho)));
        let step: Tensor = tf.tidy(() => stepOf(gradient, mean, learningRate, epsilon));
        if (hasMomentum) {
          const own = step;
          step = tf.tidy(() => tf.add(tf.mul(slots['m']![name]!, momentum), own));
          own.dispose();
          m![name] = step;
        }
        v![name] = mean;
        weight![name] = tf.sub(weights[name]!, step);
        if (!hasMomentum) step.dispose();
      }
      return { weights: weight!, slots: { v: v!, ...(hasMomentum && { m: m! }) } };
    },
  };
}

const stepOf = (gradient: Tensor, mean: Tensor, learningRate: Scalar, epsilon: number): Tensor =>
  tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(mean, epsilon)));
