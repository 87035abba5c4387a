import { BOOKKEEPING } from '../registry/option-parts.js';
import type { StageSection } from '../registry/kinds/stage-section.js';
import type { Criterion } from './validation/criterion.js';
import { CRITERION, criterionProblems } from './validation/criterion-option.js';
import type { EarlyStop } from './validation/history.js';
import { needProblems } from './validation/validation-need.js';

declare module '../registry/config.js' {
  interface Config {
    readonly train: TrainConfig;
  }
}

/** Periods in epochs, except `sample_every_steps`; numbers of checkpoints (`keep`) and images (`samples`). */
export interface TrainConfig {
  readonly epochs: number;
  readonly checkpoint_every: number;
  readonly keep: number;
  readonly sample_every: number;
  readonly sample_every_steps: number | null;
  readonly samples: number;
  readonly histogram_every: number | null;
  // A config that was frozen before these options existed does not have them.
  readonly accumulate?: number;
  readonly ema_decay?: number | null;
  readonly keep_best?: Criterion | null;
  readonly early_stopping?: (Criterion & Pick<EarlyStop, 'patience' | 'min_delta'>) | null;
}

/** The section `train`. */
export const trainSection: StageSection<TrainConfig> = {
  key: 'train',
  description: 'How long to train, and what to keep on the way.',
  facts: { epochs: 'epochs' },
  properties: {
    epochs: {
      description: 'How many times to go through the images.',
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      default: 40,
    },
    accumulate: {
      description:
        'Batches of dataset.batch_size in a step: their gradients are computed one after the other and averaged before the networks are updated once, as with a batch of so many times the size in the memory of one. An epoch has so many times fewer steps.',
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: 1,
      'x-neutral': true,
    },
    ema_decay: {
      description:
        'Samples, evaluation and export take an exponential moving average of the generators’ weights, whose pictures are steadier: average <- d average + (1 - d) weights after each step. 0.999 averages over some thousand steps, at most a third of those made so far; null for the weights themselves. Training itself does not change.',
      type: ['number', 'null'],
      minimum: 0,
      exclusiveMaximum: 1,
      default: null,
      'x-neutral': true,
    },
    checkpoint_every: {
      description: 'Save a checkpoint every so many epochs, and after the last.',
      type: 'integer',
      minimum: 1,
      default: 5,
      ...BOOKKEEPING,
    },
    keep: {
      description: 'How many checkpoints to keep, newest first.',
      type: 'integer',
      minimum: 1,
      default: 5,
      ...BOOKKEEPING,
    },
    sample_every: {
      description: 'Translate the sample images before training, every so many epochs, and after the last.',
      type: 'integer',
      minimum: 1,
      default: 1,
      ...BOOKKEEPING,
    },
    sample_every_steps: {
      description: 'Translate the sample images every so many steps too; null for no more than sample_every.',
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      ...BOOKKEEPING,
    },
    samples: {
      description: 'How many fixed test images to translate each time.',
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 5,
      ...BOOKKEEPING,
    },
    histogram_every: {
      description:
        'Report histograms of weights and gradients, layer by layer, before training, every so many epochs, and after the last; null for never. Takes about the time of a step, and a sixth more memory.',
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      ...BOOKKEEPING,
    },
    keep_best: {
      description:
        'Keeps the checkpoint that was best on the validation images, beside the newest ones: {metric: ssim, direction: AtoB}. `metric` is a value of evaluate.metrics; `direction` is AtoB, BtoA or both (the mean, the default); `better` (lower or higher) is the metric’s own by default. evaluate and export then take it: see evaluate.checkpoint.',
      type: ['object', 'null'],
      properties: CRITERION,
      required: ['metric'],
      additionalProperties: false,
      expected: 'metric and direction, as in {metric: ssim, direction: AtoB}, or null',
      default: null,
      ...BOOKKEEPING,
    },
    early_stopping: {
      description:
        'Ends the training when `patience` validations in a row have not improved the metric by more than `min_delta`: {metric: ssim, patience: 5}. `metric`, `direction` and `better` as in keep_best. null: never.',
      type: ['object', 'null'],
      properties: {
        ...CRITERION,
        patience: { type: 'integer', minimum: 1, default: 5 },
        min_delta: { type: 'number', minimum: 0, default: 0 },
      },
      required: ['metric'],
      additionalProperties: false,
      expected: 'metric and patience, as in {metric: ssim, patience: 5}, or null',
      default: null,
      'x-neutral': true,
    },
  },
  check: ({ keep_best, early_stopping }, facts) => [
    ...criterionProblems('keep_best', keep_best, facts),
    ...criterionProblems('early_stopping', early_stopping, facts),
    ...needProblems({ keep_best, early_stopping }, facts),
  ],
};
