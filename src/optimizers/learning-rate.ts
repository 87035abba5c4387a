import type { OptionSchema } from '../registry/component.js';
import type { LearningRate, LearningRates } from '../registry/kinds/objective.js';
import type { JsonObject } from '../support/json.js';

const RATE = { type: 'number', exclusiveMinimum: 0 } as const;

/** The learning rate of an optimizer. */
export const learningRateOption = (initial: number): OptionSchema => ({
  description:
    'Size of a step, before the schedule changes it: one number, or one for generators and one for discriminators (two time-scales, Heusel et al. 2017): {generator: 1.0e-4, discriminator: 4.0e-4}.',
  anyOf: [
    RATE,
    {
      type: 'object',
      properties: { generator: RATE, discriminator: RATE },
      required: ['generator', 'discriminator'],
      additionalProperties: false,
    },
  ],
  expected: 'a number above 0, or {generator: 1.0e-4, discriminator: 4.0e-4}',
  default: initial,
});

/** Writes two equal learning rates as one, so that both ways to write them are one experiment. */
export function resolveLearningRate(options: { readonly learning_rate: LearningRate }): JsonObject {
  const { generator, discriminator } = learningRates(options.learning_rate);
  return { ...options, ...(generator === discriminator && { learning_rate: generator }) };
}

/** The learning rate of each kind of network. */
export function learningRates(rate: LearningRate): LearningRates {
  return typeof rate === 'number' ? { generator: rate, discriminator: rate } : rate;
}
