import type { OptionSchema } from '../registry/component.js';

/** A share that stays at each step. */
export const decayOption = (description: string, value: number): OptionSchema => ({
  description,
  type: 'number',
  minimum: 0,
  exclusiveMaximum: 1,
  default: value,
});

export const epsilonOption = (description: string): OptionSchema => ({
  description,
  type: 'number',
  exclusiveMinimum: 0,
  default: 1e-7,
});
