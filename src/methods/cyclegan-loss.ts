import type { OptionsSchema } from '../registry/component.js';
import type { MethodCurves } from '../registry/kinds/method.js';
import type { Reference } from '../registry/config.js';
import { penaltyCurve } from './discriminator-loss.js';
import { ADVERSARIAL, PENALTY, weight } from './loss-options.js';

/** The section `loss` of CycleGAN. */
export interface CycleGanLoss {
  readonly adversarial: Reference;
  // A config that was frozen before this option existed does not have it.
  readonly penalty?: Reference | null;
  /** Weight of the cycle consistency loss: forward is x -> G(x) -> F(G(x)), backward y -> F(y) -> G(F(y)). YAML may give one number for both. */
  readonly lambda: { readonly forward: number; readonly backward: number };
  /** Weight of the identity loss relative to lambda; 0 turns it off. */
  readonly identity: number;
  // A config that was frozen before this option existed does not have it.
  readonly identity_steps?: number | null;
}

export const lossSchema: OptionsSchema = {
  properties: {
    adversarial: ADVERSARIAL,
    penalty: PENALTY,
    lambda: {
      ...weight('Weight of the cycle consistency loss: one number, or {forward: 10, backward: 10}.'),
      expected: 'a number of at least 0, or {forward: 10, backward: 10}',
      default: 10,
      'x-members': {
        forward: { ...weight('Weight of |x - F(G(x))|: A to B and back.'), default: 10 },
        backward: { ...weight('Weight of |y - G(F(y))|: B to A and back.'), default: 10 },
      },
    },
    identity: {
      ...weight('Weight of the identity loss, as a fraction of lambda; 0 turns it off.'),
      default: 0.5,
    },
    identity_steps: {
      description:
        'Training steps in which the identity loss acts, as a guide at the start: its weight is 0 in later ones (CycleGAN-VC, Kaneko and Kameoka 2017: the first 10,000 steps). It is still computed, for its curves. null: in all steps.',
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      'x-neutral': true,
    },
  },
};

/** Equations are those of the CycleGAN paper (arXiv:1703.10593). */
export function curves({ identity, penalty }: CycleGanLoss): MethodCurves {
  const ofIdentity = [
    {
      name: 'identity/G',
      description:
        'Mean of |G(y) − y|, half of L_identity(G, F), section 5.2: G should leave alone what is a y already. Not weighted.',
    },
    {
      name: 'identity/F',
      description:
        'Mean of |F(x) − x|, half of L_identity(G, F), section 5.2: F should leave alone what is an x already. Not weighted.',
    },
  ];
  return {
    losses: [
      {
        name: 'G/adversarial',
        description: 'G’s part of L_GAN(G, D_Y, X, Y), equation 1: how little D_Y takes G(x) for a real y.',
      },
      {
        name: 'F/adversarial',
        description: 'F’s part of L_GAN(F, D_X, Y, X), equation 1: how little D_X takes F(y) for a real x.',
      },
      {
        name: 'cycle/forward',
        description: 'Mean of |F(G(x)) − x|, the first half of L_cyc(G, F), equation 2. Without its weight, lambda.',
      },
      {
        name: 'cycle/backward',
        description: 'Mean of |G(F(y)) − y|, the second half of L_cyc(G, F), equation 2. Without its weight, lambda.',
      },
      ...(identity > 0 ? ofIdentity : []),
      {
        name: 'G/total',
        headline: 'G',
        description:
          'What G minimises: its adversarial loss, both directions of the cycle times lambda, its identity loss.',
      },
      {
        name: 'F/total',
        headline: 'F',
        description:
          'What F minimises: its adversarial loss, both directions of the cycle times lambda, its identity loss.',
      },
      ...penaltyCurve(penalty, 'D_X'),
      {
        name: 'D_X/total',
        headline: 'D_X',
        description:
          'What D_X minimises: telling real x from F(y), equation 1. Under bce and least-squares halved, so that it learns at half the generators’ pace. With the gradient penalty, if there is one.',
      },
      ...penaltyCurve(penalty, 'D_Y'),
      {
        name: 'D_Y/total',
        headline: 'D_Y',
        description:
          'What D_Y minimises: telling real y from G(x), equation 1. Under bce and least-squares halved, so that it learns at half the generators’ pace. With the gradient penalty, if there is one.',
      },
    ],
    charts: [
      { title: 'A to B: G against D_Y', losses: ['G/adversarial', 'D_Y/total'] },
      { title: 'B to A: F against D_X', losses: ['F/adversarial', 'D_X/total'] },
      { title: 'Adversarial: G, F', losses: ['G/adversarial', 'F/adversarial'] },
      { title: 'Discriminators: D_X, D_Y', losses: ['D_X/total', 'D_Y/total'] },
      { title: 'Cycle: forward, backward', losses: ['cycle/forward', 'cycle/backward'] },
      ...(identity > 0 ? [{ title: 'Identity: G, F', losses: ['identity/G', 'identity/F'] }] : []),
      ...(penalty ? [{ title: 'Gradient penalties: D_X, D_Y', losses: ['D_X/penalty', 'D_Y/penalty'] }] : []),
      { title: 'Totals: G, F', losses: ['G/total', 'F/total'] },
    ],
    samples:
      'image | translated | reconstructed | identity | what the discriminators say of the first two: red real, blue fake',
    rows: {
      AtoB: 'x, G(x), F(G(x)), F(x), what D_X says of x and D_Y of G(x): red real, blue fake',
      BtoA: 'y, F(y), G(F(y)), G(y), what D_Y says of y and D_X of F(y): red real, blue fake',
    },
  };
}

/** @returns remedies for non-finite losses */
export function remedies({ lambda: { forward, backward } }: CycleGanLoss): readonly string[] {
  const now = forward === backward ? `${forward}` : `forward ${forward}, backward ${backward}`;
  return [`lower loss.lambda (now ${now})`];
}
