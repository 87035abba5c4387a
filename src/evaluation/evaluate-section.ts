import type { Reference } from '../registry/config.js';
import { componentList } from '../registry/option-parts.js';
import type { StageSection } from '../registry/kinds/stage-section.js';

declare module '../registry/config.js' {
  interface Config {
    readonly evaluate: EvaluateConfig;
  }
}

export interface EvaluateConfig {
  /** Rows in the image grids. */
  readonly samples: number;
  /** Test images of each direction that are kept one by one, with their scores; see {@link DEFAULT_IMAGES}. */
  readonly images?: number;
  readonly metrics: readonly Reference[];
}

/** Also of a config that was frozen before the option `images` existed. */
export const DEFAULT_IMAGES = 500;

/** The section `evaluate`. */
export const evaluateSection: StageSection<EvaluateConfig> = {
  key: 'evaluate',
  description: 'How the trained generators are measured on the test images.',
  properties: {
    samples: {
      description: 'Rows in the image grids.',
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 5,
    },
    images: {
      description:
        'Test images of each direction to keep one by one, with their translations and scores, for reports and comparisons of runs. 0: none.',
      type: 'integer',
      minimum: 0,
      maximum: 100000,
      default: DEFAULT_IMAGES,
      'x-neutral': true,
    },
    metrics: componentList('metric', 'What to measure.', ['cycle-error', 'identity-error', 'psnr', 'ssim']),
  },
};
