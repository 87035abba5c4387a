import type { OptionsSchema } from '../registry/component.js';

const bound = (description: string) =>
  ({ description, type: ['number', 'null'], exclusiveMinimum: 0, default: null, 'x-neutral': true }) as const;

/** Options of every optimizer. */
export const OPTIMIZER: OptionsSchema['properties'] = {
  clip_value: bound(
    'Clips each number of a gradient to so much above and below 0, before clip_norm; null for no limit.',
  ),
  clip_norm: bound(
    'Scales the gradients of each network down so that their common norm is at most this, as TensorFlow’s clip_by_global_norm does; null for no limit.',
  ),
};
