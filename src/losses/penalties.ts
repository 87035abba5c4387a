import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { foldKey, randomUniformOfBatch } from '../engine/random-tensors.js';
import type { OptionSchema } from '../registry/component.js';
import type { GradientPenalty, GradientPenaltyComponent } from '../registry/kinds/objective.js';

export interface NormPenaltyOptions {
  readonly weight: number;
  /** The norm that gradients should have. */
  readonly target: number;
}

const WEIGHT: OptionSchema = {
  description: 'Weight of the penalty in the discriminator’s loss.',
  type: 'number',
  minimum: 0,
  maximum: 1e6,
  default: 10,
};

const TARGET: OptionSchema = {
  description: 'The norm that gradients should have.',
  type: 'number',
  minimum: 0,
  maximum: 1e6,
  default: 1,
};

/** Equation 3 of the paper. */
export const wganGp: GradientPenaltyComponent<NormPenaltyOptions> = {
  summary: '(|grad D| - 1)^2 between real and translated images (WGAN-GP, Gulrajani et al. 2017)',
  details:
    'Keeps the discriminator near slope 1 along lines from a real image to a translation, arXiv:1704.00028; the gradient is that of the sum of an image’s scores by the image, as in the code of CycleGAN. The penalty of loss.adversarial: wasserstein, and right with the others.',
  schema: { properties: { weight: WEIGHT, target: TARGET } },
  create: (options) => ({
    weight: options.weight,
    of: (judge, { real, fake }, key) => {
      const share = randomUniformOfBatch<Rank.R4>([real.shape[0], 1, 1, 1], foldKey(key, 'site', 0));
      const between = tf.add<Tensor4D>(tf.mul(share, real), tf.mul(tf.sub(1, share), fake));
      return distanceFromTarget(judge, between, options);
    },
  }),
};

/** As in the author's code, whose noise is uniform in [0, 1) of half the image's standard deviation. */
export const dragan: GradientPenaltyComponent<NormPenaltyOptions> = {
  summary: '(|grad D| - 1)^2 around real images (DRAGAN, Kodali et al. 2017)',
  details:
    'The gradient is taken at a random place between a real image and the same with uniform noise of up to half its standard deviation, arXiv:1705.07215, as in the authors’ code and in LynnHo’s CycleGAN. There, the standard deviation is that of the batch; here each image has its own, so that an image’s penalty does not depend on its batch.',
  schema: { properties: { weight: WEIGHT, target: TARGET } },
  create: (options) => ({
    weight: options.weight,
    of: (judge, { real }, key) => {
      const share = randomUniformOfBatch<Rank.R4>([real.shape[0], 1, 1, 1], foldKey(key, 'site', 0));
      const noise = randomUniformOfBatch<Rank.R4>(real.shape, foldKey(key, 'site', 1));
      const deviation = tf.sqrt(tf.moments(real, [1, 2, 3], true).variance);
      const near = tf.add<Tensor4D>(real, tf.mul(share, tf.mul(tf.mul(deviation, 0.5), noise)));
      return distanceFromTarget(judge, near, options);
    },
  }),
};

export interface R1Options {
  readonly gamma: number;
}

/** Equation 9 of the paper. */
export const r1: GradientPenaltyComponent<R1Options> = {
  summary: '|grad D|^2 at real images (R1, Mescheder et al. 2018)',
  details:
    'Keeps the discriminator flat where images are real, so that training converges once translations look real, arXiv:1801.04406. The gradient is that of the sum of an image’s scores by the image. The paper’s discriminator has one score for an image; one with a map of scores, such as a PatchGAN, has larger gradients and may need a smaller gamma.',
  schema: {
    properties: {
      gamma: {
        description: 'The weight of the penalty is half of it, as in the paper.',
        type: 'number',
        minimum: 0,
        maximum: 1e6,
        default: 10,
      },
    },
  },
  create: ({ gamma }): GradientPenalty => ({
    weight: gamma / 2,
    of: (judge, { real }) => tf.mean(squaredNorms(judge, real)),
  }),
};

/** Keeps the gradient of the square root finite where the norm is 0. */
const EPSILON = 1e-12;

/** The mean over images of (norm of the gradient - target)^2. */
function distanceFromTarget(judge: Judge, images: Tensor4D, { target }: NormPenaltyOptions): Scalar {
  const norms = tf.sqrt(tf.add(squaredNorms(judge, images), EPSILON));
  return tf.mean(tf.square(tf.sub(norms, target)));
}

type Judge = Parameters<GradientPenalty['of']>[0];

/** The squared norm of each image's gradient: that of the sum of its scores by its pixels. [b, s, s, c] to [b]. */
function squaredNorms(judge: Judge, images: Tensor4D): Tensor1D {
  // An image's scores depend on no other image, so one gradient of the sum over the batch has the gradients of all.
  const gradients = tf.grad((x: Tensor) => tf.sum(judge(x as Tensor4D)))(images);
  return tf.sum(tf.square(gradients), [1, 2, 3]);
}
