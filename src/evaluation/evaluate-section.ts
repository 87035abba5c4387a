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
  readonly metrics: readonly Reference[];
}

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
    metrics: componentList('metric', 'What to measure.', ['cycle-error', 'identity-error', 'psnr', 'ssim']),
  },
};
