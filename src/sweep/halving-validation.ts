import type { Config, HalvingOptions } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import { make } from '../registry/make.js';
import { canonicalJson } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import { validationMetric } from './trial/rung.js';

/**
 * Problems of a sweep that chooses its trials by validations: each trial must measure its validation images at the end of each round. The rounds are
 * multiples of `halving.epochs`, so `evaluate.every` must divide that.
 */
export async function halvingProblems(
  configs: readonly Config[],
  components: Components,
  halving: HalvingOptions | null,
): Promise<Problem[]> {
  if (halving === null || validationMetric(halving.metric) === undefined) return [];
  if (!configs.every(({ evaluate: { every } }) => isDueAfter(halving.epochs, every))) return [notDue(halving, configs)];
  const datasets = new Map(configs.map(({ dataset }) => [canonicalJson(dataset as never), dataset]));
  for (const dataset of datasets.values()) if (!(await mayValidate(dataset, components))) return [noImages(halving)];
  return [];
}

function isDueAfter(epochs: number, every: Config['evaluate']['every']): boolean {
  return typeof every === 'number' && epochs % every === 0;
}

/** Whether there are validation images, as far as that is known before a download. */
async function mayValidate(dataset: Config['dataset'], components: Components): Promise<boolean> {
  const { limit, image_size: imageSize, validation_share: share } = dataset;
  if (share > 0) return true;
  const source = make(components.dataset, dataset, { limit, imageSize });
  if (source.prepare !== undefined) return true;
  return ((await source.validation?.('valA')) ?? []).length > 0;
}

function notDue({ metric, epochs }: HalvingOptions, configs: readonly Config[]): Problem {
  const found = configs.map(({ evaluate }) => evaluate.every ?? 'auto').find((every) => !isDueAfter(epochs, every));
  return {
    code: 'no-validation',
    message: `sweep.halving chooses by ${metric} after ${epochs} epochs and their multiples, and the trials may measure no validation images there: evaluate.every is ${found}.`,
    cure: `Set evaluate.every to a number that divides ${epochs}, such as ${epochs}.`,
  };
}

function noImages({ metric }: HalvingOptions): Problem {
  return {
    code: 'no-validation',
    message: `sweep.halving chooses by ${metric}, and there are no validation images.`,
    cure: 'Set some aside with dataset.validation_share: 0.1, or take a data set that has them.',
  };
}
