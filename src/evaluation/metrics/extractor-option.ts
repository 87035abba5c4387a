import type { OptionSchema } from '../../registry/component.js';

/** The network whose features a metric compares; its name becomes part of the metric's. */
export const EXTRACTOR: OptionSchema = {
  description:
    'The network whose features describe an image. Only over `inception` may the number be compared with published ones.',
  type: 'string',
  'x-kind': 'extractor',
  default: 'efficientnet-lite0',
};
