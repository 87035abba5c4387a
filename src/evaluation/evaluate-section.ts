import type { Reference } from '../registry/config.js';
import { checkpointOption, type CheckpointChoice } from '../inference/checkpoint-choice.js';
import { NO_VALIDATION } from '../data/sources/has-validation.js';
import { BOOKKEEPING, componentList } from '../registry/option-parts.js';
import type { StageSection } from '../registry/kinds/stage-section.js';

declare module '../registry/config.js' {
  interface Config {
    readonly evaluate: EvaluateConfig;
  }
}

export interface EvaluateConfig {
  /** Rows in the image grids. */
  readonly samples: number;
  /** Test images of each direction that are kept one by one, with their scores; 500 by default. */
  readonly images?: number;
  readonly metrics: readonly Reference[];
  // A config that was frozen before these options existed does not have them.
  readonly checkpoint?: CheckpointChoice;
  /** Epochs between two validations; `auto`: about 20 in a training. */
  readonly every?: number | 'auto' | 'never';
  readonly every_steps?: number | null;
  /** At most, in each direction. */
  readonly validation_images?: number;
}

/** Also of a config that was frozen before the option `images` existed. */
export const DEFAULT_IMAGES = 500;
export const DEFAULT_VALIDATION_IMAGES = 50;

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
    checkpoint: checkpointOption('to measure'),
    every: {
      description:
        'Measure the validation images before training, every so many epochs, and after the last, if there are some (dataset.validation_share); auto: about 20 times in a training, and less often where that would take more than about 5% of its time (with train.keep_best or train.early_stopping still at least about 5 times, or each epoch); never: not at all.',
      anyOf: [{ enum: ['auto', 'never'] }, { type: 'integer', minimum: 1 }],
      expected: 'a number of epochs, auto or never',
      default: 'auto',
      ...BOOKKEEPING,
    },
    every_steps: {
      description: 'Measure the validation images every so many steps too; null for no more than `every`.',
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      ...BOOKKEEPING,
    },
    validation_images: {
      description:
        'How many validation images to measure in each direction, at most; spread evenly over those that there are.',
      type: 'integer',
      minimum: 1,
      default: DEFAULT_VALIDATION_IMAGES,
      ...BOOKKEEPING,
    },
  },
  check: (evaluate, { hasValidation }) => {
    const option = periodAskedFor(evaluate);
    return option !== undefined && hasValidation === false ? [{ path: [option], ...NO_VALIDATION }] : [];
  },
};

/** The option that asks for measurements during training, where the config does not leave that to the default. */
export function periodAskedFor({
  every = 'auto',
  every_steps: steps = null,
}: EvaluateConfig): 'every' | 'every_steps' | undefined {
  if (typeof every === 'number') return 'every';
  return steps === null ? undefined : 'every_steps';
}
