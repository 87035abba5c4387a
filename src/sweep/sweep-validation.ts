import { hasValidation, noValidation } from '../data/sources/has-validation.js';
import type { Config, HalvingOptions } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import { make } from '../registry/make.js';
import { isOn } from '../training/validation/schedule.js';
import { canonicalJson } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import { validationMetric } from './trial/rung.js';

/** By what a sweep chooses and ranks its trials. */
export interface SweepChoice {
  readonly halving: HalvingOptions | null;
  /** The metric that ranks the trials. */
  readonly metric: string;
}

/**
 * Problems of a sweep that chooses or ranks its trials by validations, which each trial must then measure: halving at the end of each round.
 * The rounds are multiples of `halving.epochs`, so `evaluate.every` must divide that.
 */
export async function sweepValidationProblems(
  configs: readonly Config[],
  components: Components,
  { halving, metric }: SweepChoice,
): Promise<Problem[]> {
  const halves = halving !== null && validationMetric(halving.metric) !== undefined;
  const option = halves ? 'sweep.halving.metric' : metric.startsWith('validate/') ? 'sweep.metric' : undefined;
  if (option === undefined) return [];
  if (halves && !configs.every(({ evaluate }) => isDueAfter(halving.epochs, evaluate)))
    return [notDue(halving, configs)];
  if (!configs.every(({ evaluate }) => isOn(evaluate))) return [neverMeasured(option, metric)];
  const datasets = new Map(configs.map(({ dataset }) => [canonicalJson(dataset as never), dataset]));
  for (const dataset of datasets.values()) {
    if ((await validates(dataset, components)) === false) return [noValidation(option)];
  }
  return [];
}

function isDueAfter(epochs: number, { every }: Config['evaluate']): boolean {
  return typeof every === 'number' && epochs % every === 0;
}

/** Whether there are validation images; undefined if that is not known before a download. */
async function validates(dataset: Config['dataset'], components: Components): Promise<boolean | undefined> {
  const { limit, image_size: imageSize, validation_share: share } = dataset;
  return share > 0 || hasValidation(make(components.dataset, dataset, { limit, imageSize }));
}

function notDue({ metric, epochs }: HalvingOptions, configs: readonly Config[]): Problem {
  const found = configs.map(({ evaluate }) => evaluate).find((evaluate) => !isDueAfter(epochs, evaluate));
  return {
    code: 'no-validation',
    message: `sweep.halving chooses by ${metric} after ${epochs} epochs and their multiples, and the trials may measure no validation images there: evaluate.every is ${found?.every ?? 'auto'}.`,
    cure: `Set evaluate.every to a number that divides ${epochs}, such as ${epochs}.`,
    option: ['sweep', 'halving', 'metric'],
  };
}

function neverMeasured(option: string, metric: string): Problem {
  return {
    code: 'no-validation',
    message: `${option}: ${metric} is measured on the validation images, and evaluate.every: never leaves them unmeasured.`,
    cure: 'Set evaluate.every to a number of epochs, or leave it out.',
    option: option.split('.'),
  };
}
