import type { ScheduleComponent } from '../registry/kinds/objective.js';
import { didYouMean } from '../support/did-you-mean.js';

export interface PlateauOptions {
  /** `loss/NAME`. */
  readonly metric: string;
  readonly factor: number;
  readonly threshold: number;
  readonly patience: number;
}

const LOSS = /^loss\//;

/** PyTorch's ReduceLROnPlateau (mode min, threshold_mode rel), with the defaults of the paper's code. */
export const plateau: ScheduleComponent<PlateauOptions> = {
  summary: 'Times `factor` when a loss stops falling (PyTorch’s ReduceLROnPlateau)',
  details:
    'After each epoch, the mean of a loss over the epoch is compared with the least before. When more than `patience` epochs in a row have not been lower by `threshold` of it, the learning rate is multiplied by `factor`. The means are saved with the checkpoints, so a resumed training goes on exactly. Losses of a GAN are a weak sign of progress: the paper’s code has this schedule, but neither paper uses it.',
  schema: {
    properties: {
      metric: {
        description: 'The loss, by the name of its curve: loss/G/total, loss/cycle/forward...',
        type: 'string',
        pattern: LOSS.source,
        expected: 'the name of a loss’s curve, as in loss/G/total',
        default: 'loss/G/total',
      },
      factor: {
        description: 'By how much the learning rate is multiplied.',
        type: 'number',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.2,
      },
      threshold: {
        description: 'The share of the least mean so far by which a lower one must be lower to count.',
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.01,
      },
      patience: {
        description: 'Epochs in a row without a lower mean that are put up with.',
        type: 'integer',
        minimum: 0,
        default: 5,
      },
    },
  },
  check({ metric }, { losses }) {
    const name = metric.replace(LOSS, '');
    if (losses === undefined || losses.includes(name)) return [];
    const curves = losses.map((loss) => `loss/${loss}`);
    const near = didYouMean(metric, curves);
    const cure = near === undefined ? `Available: ${curves.join(', ')}.` : `Did you mean "${near}"?`;
    return [{ path: ['metric'], message: `expected a loss of the method, found "${metric}".`, cure }];
  },
  observes: ({ metric }) => metric.replace(LOSS, ''),
  create:
    (options, { learningRate }) =>
    (_, means) =>
      learningRate * options.factor ** reductions(means, options),
};

/** How often the learning rate has been reduced after epochs with these means. */
export function reductions(means: readonly number[], { threshold, patience }: PlateauOptions): number {
  let [best, without, count] = [Infinity, 0, 0];
  for (const mean of means) {
    if (mean < best * (1 - threshold)) [best, without] = [mean, 0];
    else without += 1;
    if (without > patience) [without, count] = [0, count + 1];
  }
  return count;
}
