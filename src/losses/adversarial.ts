import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import type { AdversarialLossComponent } from '../registry/kinds/objective.js';

/** The tutorial's loss. z: logits; log(1 + e^-z) is the cross-entropy of "real", log(1 + e^z) that of "fake". */
export const bce: AdversarialLossComponent = {
  summary:
    'Binary cross-entropy from logits (Goodfellow et al. 2014, non-saturating; the TensorFlow tutorial; “vanilla” elsewhere)',
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

/** Only scores within the margin, or on the wrong side, are pushed. */
export const hinge: AdversarialLossComponent = {
  summary: 'Hinge: max(0, 1 - D(y)) + max(0, 1 + D(G(x))), and -D(G(x)) for the generator (Lim and Ye 2017)',
  details:
    'As in Geometric GAN (arXiv:1705.02894), SAGAN and BigGAN. The discriminator’s loss is the sum of both sides, not halved as it is under bce and least-squares.',
  schema: { properties: {} },
  create() {
    const within = (margin: Tensor4D) => mean(tf.relu(margin));
    return {
      generator: (fakeScores) => mean(tf.neg(fakeScores)),
      discriminator: (realScores, fakeScores) => tf.add(within(tf.sub(1, realScores)), within(tf.add(1, fakeScores))),
      realness: (scores) => tf.clipByValue(tf.mul(tf.add(scores, 1), 0.5), 0, 1),
    };
  },
};

/** The discriminator is a critic: its scores are not bounded. */
export const wasserstein: AdversarialLossComponent = {
  summary: 'Wasserstein distance: D(G(x)) - D(y), and -D(G(x)) for the generator (Arjovsky et al. 2017)',
  details:
    'The discriminator is a critic that must be nearly 1-Lipschitz, or its scores grow without bound: use it with loss.penalty: wgan-gp (Gulrajani et al. 2017, arXiv:1704.00028). The critic’s loss is the whole difference, not halved as it is under bce and least-squares. The paper updates the critic five times for each update of the generator; here, as in other CycleGANs with this loss, each is updated once. In samples, the critic’s maps show only which scores are higher.',
  schema: { properties: {} },
  create: () => ({
    generator: (fakeScores) => mean(tf.neg(fakeScores)),
    discriminator: (realScores, fakeScores) => tf.sub(mean(fakeScores), mean(realScores)),
  }),
};

const mean = (x: Tensor4D): Scalar => tf.mean(x);
/** The discriminator learns at half the generator's pace. */
const half = (loss: Scalar): Scalar => tf.mul(loss, 0.5);
