import type { OptionSchema } from '../registry/component.js';

/** The adversarial loss of a method's section `loss`. */
export const ADVERSARIAL: OptionSchema = {
  description:
    'The adversarial loss of generators and discriminators: bce (“vanilla”), least-squares, hinge or wasserstein.',
  type: 'string',
  'x-kind': 'adversarial',
  default: 'bce',
};

/** A term's weight in the loss. */
export const weight = (description: string): OptionSchema => ({
  description,
  type: 'number',
  minimum: 0,
  maximum: 1e6,
});
