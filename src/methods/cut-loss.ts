import type { OptionsSchema } from '../registry/component.js';
import type { Reference } from '../registry/config.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { MethodCurves } from '../registry/kinds/method.js';
import { penaltyCurve } from './discriminator-loss.js';
import { ADVERSARIAL, PENALTY, weight } from './loss-options.js';

/** The section `loss` of CUT and FastCUT. */
export interface CutLoss {
  readonly adversarial: Reference;
  readonly penalty?: Reference | null;
  /** Weight of the contrastive loss. */
  readonly lambda: number;
  /** Whether real images of the target domain are compared with their translations, too. */
  readonly identity: boolean;
}

/** @param defaults in which CUT and FastCUT differ */
export function lossSchema(defaults: Pick<CutLoss, 'lambda' | 'identity'>): OptionsSchema {
  return {
    properties: {
      adversarial: {
        ...ADVERSARIAL,
        description: 'The adversarial loss of generator and discriminator.',
        default: 'least-squares',
      },
      penalty: PENALTY,
      lambda: { ...weight('Weight of the contrastive loss (PatchNCE).'), default: defaults.lambda },
      identity: {
        description:
          'Whether the contrastive loss also compares real images of the target domain with their translations, so that the generator leaves them alone. The loss is then the mean of both.',
        type: 'boolean',
        default: defaults.identity,
      },
    },
  };
}

/** Equations are those of the CUT paper (arXiv:2007.15651). */
export function curves({ identity, penalty }: CutLoss, { direction }: { readonly direction: Direction }): MethodCurves {
  const ofIdentity = {
    name: 'nce/identity',
    description:
      'The same of y and G(y), which should not change y: L_PatchNCE(G, H, Y), section 3.3. Without its weight, lambda.',
  };
  return {
    losses: [
      {
        name: 'G/adversarial',
        description: 'G’s part of L_GAN(G, D, X, Y), equation 1: how little D takes G(x) for a real y.',
      },
      {
        name: 'nce/translation',
        description:
          'How badly a patch of G(x) is told from the other patches of x, by the features of both: L_PatchNCE(G, H, X), equation 4, as a mean over layers and patches. Chance is the logarithm of the number of patches. Without its weight, lambda.',
      },
      ...(identity ? [ofIdentity] : []),
      {
        name: 'G/total',
        headline: 'G',
        description: 'What G minimises, equation 5: its adversarial loss and lambda times the contrastive loss.',
      },
      {
        name: 'F/total',
        headline: 'F',
        description:
          'What F, the projection of the features (H in the paper), minimises: lambda times the contrastive loss.',
      },
      ...penaltyCurve(penalty, 'D'),
      {
        name: 'D/total',
        headline: 'D',
        description:
          'What D minimises: telling real y from G(x), equation 1. Under bce and least-squares halved, so that it learns at half the generator’s pace. With the gradient penalty, if there is one.',
      },
    ],
    charts: [
      { title: 'G against D', losses: ['G/adversarial', 'D/total'] },
      { title: 'Contrastive', losses: ['nce/translation', ...(identity ? ['nce/identity'] : [])] },
      ...(penalty ? [{ title: 'Gradient penalty', losses: ['D/penalty'] }] : []),
      { title: 'Totals: G, F, D', losses: ['G/total', 'F/total', 'D/total'] },
    ],
    samples: 'image | translated | what the discriminator says of it: red real, blue fake',
    rows: { [direction]: 'x, G(x), what D says of G(x): red real, blue fake' },
  };
}
