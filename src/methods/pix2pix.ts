import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import type { Reference } from '../registry/config.js';
import { gradientsOf } from '../engine/gradients.js';
import { l1 } from '../losses/distances.js';
import type { OptionsSchema } from '../registry/component.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { ImageBatch, Computed, Method, MethodComponent, MethodCurves, NetworkWeights } from '../registry/kinds/method.js'; // prettier-ignore
import type { Network, RandomKey } from '../registry/kinds/network.js';
import type { Optimizer, OptimizerState } from '../registry/kinds/objective.js';
import {
  discriminatorLoss,
  discriminatorPasses,
  generatorLoss,
  penaltyCurve,
  type DiscriminatorObjective,
} from './discriminator-loss.js';
import { ADVERSARIAL, PENALTY, weight } from './loss-options.js';
import {
  bind,
  keyOf,
  oneGenerator,
  realness,
  startNetworks,
  total,
  updateNetworks,
  weighted,
  weightsOf,
} from './parts.js';

export interface Pix2PixOptions {
  readonly direction: Direction;
}

/** The section `loss` of Pix2Pix. */
export interface Pix2PixLoss {
  readonly adversarial: Reference;
  // A config that was frozen before this option existed does not have it.
  readonly penalty?: Reference | null;
  readonly lambda: number;
}

const loss: OptionsSchema = {
  properties: {
    adversarial: {
      ...ADVERSARIAL,
      description:
        'The adversarial loss of generator and discriminator: bce (“vanilla”), least-squares, hinge or wasserstein.',
    },
    penalty: { ...PENALTY, description: `${PENALTY.description} D is differentiated by both images of a pair.` },
    lambda: { ...weight('Weight of the L1 loss |y - G(x)|.'), default: 100 },
  },
};

export const pix2pix: MethodComponent<Pix2PixOptions, Pix2PixLoss> = {
  summary: 'One generator, from aligned pairs (Pix2Pix, Isola et al. 2017)',
  details:
    'G translates A to B; D gets the image and its translation together. L1 x 100 keeps the translation near the true one. The data must be pairs: docs/data.md. Dropout is off in translation, unlike in the paper.',
  schema: {
    properties: {
      direction: {
        description: 'The direction of translation: AtoB, or BtoA (as in the paper’s facades, from labels to photos).',
        enum: ['AtoB', 'BtoA'],
        default: 'AtoB',
      },
    },
  },
  loss,
  pairing: 'paired',
  directions: ({ direction }) => ({ [direction]: 'G' }),
  curves,
  remedies: ({ lambda }) => [`lower loss.lambda (now ${lambda})`],
  generators: (_, site) => oneGenerator(site.generator()),
  create: ({ direction }, site) =>
    pix2PixMethod({
      G: site.generator(),
      D: site.discriminator(2 * site.channels),
      adversarial: site.adversarial(site.loss.adversarial),
      penalty: site.penalty(site.loss.penalty),
      lambda: site.loss.lambda,
      optimizer: site.optimizer(),
      direction,
    }),
};

/**
 * Pix2Pix (Isola et al. 2017, arXiv:1611.07004), in the paper's letters: G translates x to y; D separates pairs (x, y) from (x, G(x)).
 */
export interface Pix2Pix extends DiscriminatorObjective {
  readonly G: Network;
  /** Judges x and y, concatenated along the channels. */
  readonly D: Network;
  readonly lambda: number;
  readonly optimizer: Optimizer;
  readonly direction: Direction;
}

export type Pix2PixState = { readonly G: OptimizerState; readonly D: OptimizerState };

export function pix2PixMethod(model: Pix2Pix): Method<Pix2PixState> {
  const networks = { G: model.G, D: model.D };
  const { translate } = oneGenerator(model.G);
  return {
    networks,
    passes: { G: 1, D: discriminatorPasses(model) },
    samples: [
      { name: 'translated', shows: 'image' },
      { name: 'discFake', shows: 'realness' },
    ],
    initial: (seed) => startNetworks(networks, model.optimizer, seed),
    gradients: (state, batch, clock) => {
      const key = keyOf(clock);
      const computed = gradients(model, weightsOf(state), batch, key);
      tf.dispose(key);
      return computed;
    },
    apply: (state, { gradients }, clock) => updateNetworks(model.optimizer, state, gradients, clock, ['D']),
    sample: (weights, direction, image) => {
      const { translated } = translate(weights, direction, image);
      const { D } = bind({ D: model.D }, weights);
      return { translated, discFake: realness(model.adversarial, D(beside(image, translated))) };
    },
  };
}

/** The losses, and the gradient of each network's total with respect to its weights; all belong to the caller. */
export function gradients(model: Pix2Pix, weights: NetworkWeights, batch: ImageBatch, key?: RandomKey): Computed {
  const { adversarial, lambda, direction } = model;
  const [x, y] = direction === 'AtoB' ? [batch.x, batch.y] : [batch.y, batch.x];
  const { G, D } = bind({ G: model.G, D: model.D }, weights, key);

  // Equation 4: the conditional GAN's objective and lambda times the L1 distance.
  const generator = gradientsOf({ G: weights['G']! }, () => {
    const fakeY = G(x);
    const losses: Record<string, Scalar> = { 'G/adversarial': generatorLoss(adversarial, D, beside(x, fakeY)), l1: l1(fakeY, y) }; // prettier-ignore
    const loss = total([weighted(losses, { 'G/adversarial': 1, l1: lambda })]);
    return { loss, extra: { ...losses, fakeY } };
  });
  const { fakeY, ...losses } = generator.extra;

  // Equation 1. The fake is a constant from here on.
  const discriminator = gradientsOf({ D: weights['D']! }, () =>
    discriminatorLoss(model, { name: 'D', D, key }, { real: beside(x, y), fake: beside(x, fakeY) }),
  );

  tf.dispose(fakeY);
  return {
    gradients: { ...generator.gradients, ...discriminator.gradients },
    losses: { ...losses, 'G/total': generator.loss, ...discriminator.extra, 'D/total': discriminator.loss },
    carried: {},
  };
}

const beside = (x: Tensor4D, y: Tensor4D): Tensor4D => tf.concat([x, y], 3);

/** Equations are those of the Pix2Pix paper (arXiv:1611.07004). */
function curves({ penalty }: Pix2PixLoss, { direction }: Pix2PixOptions): MethodCurves {
  return {
    losses: [
      {
        name: 'G/adversarial',
        description: 'G’s part of L_cGAN(G, D), equation 1: how little D takes (x, G(x)) for a real pair.',
      },
      { name: 'l1', description: 'Mean of |y − G(x)|, equation 3. Without its weight, lambda.' },
      {
        name: 'G/total',
        headline: 'G',
        description: 'What G minimises, equation 4: its adversarial loss and lambda times the L1 loss.',
      },
      ...penaltyCurve(penalty, 'D'),
      {
        name: 'D/total',
        headline: 'D',
        description:
          'What D minimises: telling (x, y) from (x, G(x)), equation 1. Under bce and least-squares halved, so that it learns at half the generator’s pace. With the gradient penalty, if there is one.',
      },
    ],
    charts: [
      { title: 'G against D', losses: ['G/adversarial', 'D/total'] },
      { title: 'L1', losses: ['l1'] },
      ...(penalty ? [{ title: 'Gradient penalty', losses: ['D/penalty'] }] : []),
      { title: 'Totals: G, D', losses: ['G/total', 'D/total'] },
    ],
    samples: 'image | translated | what the discriminator says of both: red real, blue fake',
    rows: { [direction]: 'x, G(x), what D says of (x, G(x)): red real, blue fake' },
  };
}
