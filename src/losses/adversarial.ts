import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import type { AdversarialLossComponent } from '../registry/kinds/objective.js';

/** The tutorial's loss. z: logits; log(1 + e^-z) is the cross-entropy of "real", log(1 + e^z) that of "fake". */
export const bce: AdversarialLossComponent = {
  summary: 'Binary cross-entropy from logits (Goodfellow et al. 2014, non-saturating; the TensorFlow tutorial)',
  schema: { properties: {} },
  create() {
    const real = (z: Tensor4D) => mean(tf.softplus(tf.neg(z)));
    const fake = (z: Tensor4D) => mean(tf.softplus(z));
    return {
      generator: (fakeLogits) => real(fakeLogits),
      discriminator: (realLogits, fakeLogits) => half(tf.add(real(realLogits), fake(fakeLogits))),
      realness: (logits) => tf.sigmoid(logits),
    };
  },
};

/** The paper's loss: real is 1, fake is 0. */
export const leastSquares: AdversarialLossComponent = {
  summary: 'Least squares: (D(y) - 1)^2 and D(G(x))^2 (LSGAN, Mao et al. 2017; the CycleGAN paper)',
  schema: { properties: {} },
  create() {
    const real = (z: Tensor4D) => mean(tf.square(tf.sub(z, 1)));
    const fake = (z: Tensor4D) => mean(tf.square(z));
    return {
      generator: (fakeLogits) => real(fakeLogits),
      discriminator: (realLogits, fakeLogits) => half(tf.add(real(realLogits), fake(fakeLogits))),
      realness: (scores) => tf.clipByValue(scores, 0, 1),
    };
  },
};

const mean = (x: Tensor4D): Scalar => tf.mean(x);
/** The discriminator learns at half the generator's pace. */
const half = (loss: Scalar): Scalar => tf.mul(loss, 0.5);
