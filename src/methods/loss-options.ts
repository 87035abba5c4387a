import type { OptionSchema } from '../registry/component.js';

/** The adversarial loss of a method's section `loss`. */
export const ADVERSARIAL: OptionSchema = {
  description:
    'The adversarial loss of generators and discriminators: bce (“vanilla”), least-squares, hinge or wasserstein.',
  type: 'string',
  'x-kind': 'adversarial',
  default: 'bce',
};

/** The gradient penalty of a method's section `loss`. */
export const PENALTY: OptionSchema = {
  description:
    'A gradient penalty in the loss of each discriminator, times its weight: wgan-gp, dragan or r1, with any adversarial loss; null for none. It differentiates the discriminator twice, which takes about as much time as another step of the discriminator; in bfloat16 its gradient rounds more than others.',
  type: ['string', 'null'],
  'x-kind': 'penalty',
  default: null,
  'x-neutral': true,
};

/** A term's weight in the loss. */
export const weight = (description: string): OptionSchema => ({
  description,
  type: 'number',
  minimum: 0,
  maximum: 1e6,
});
