import { hasValidation, noValidation } from '../data/sources/has-validation.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config, HalvingOptions } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import { make } from '../registry/make.js';
import { isOn } from '../training/validation/schedule.js';
import { neverMeasured } from '../training/validation/validation-need.js';
import { canonicalJson } from '../support/json.js';
import { placed, type Problem } from '../support/problem.js';
import { validationMetric } from './trial/rung.js';

/** By what a sweep chooses and ranks its trials. */
export interface SweepChoice {
  readonly halving: HalvingOptions | null;
  /** The metric that ranks the trials. */
  readonly metric: string;
}

/** A trial before it is frozen. */
export interface CheckedTrial extends Pick<LoadedConfig, 'config' | 'placeOf'> {
  /** As in tables: `lambda=10`. */
  readonly label: string;
}

/**
 * Problems of a sweep that chooses or ranks its trials by validations, which each trial must then measure: halving at the end of each round.
 * The rounds are multiples of `halving.epochs`, so `evaluate.every` must divide that.
 */
export async function sweepValidationProblems(
  trials: readonly CheckedTrial[],
  components: Components,
  { halving, metric }: SweepChoice,
): Promise<readonly Problem[]> {
  if (halving !== null && validationMetric(halving.metric) !== undefined) {
    const late = firstOf(trials, ({ evaluate }) => !isDueAfter(halving.epochs, evaluate));
    if (late !== undefined) return placed([notDue(halving, late)], late.placeOf);
  }
  if (validationMetric(metric) === undefined) return [];
  const off = firstOf(trials, ({ evaluate }) => !isOn(evaluate));
  if (off !== undefined) {
    const problem = neverMeasured(`sweep.metric${off.named}: ${metric} is measured on`);
    return placed([{ ...problem, option: ['sweep', 'metric'] }], off.placeOf);
  }
  const without = await datasetsWithout(trials, components);
  const lacking = firstOf(trials, ({ dataset }) => without.has(canonicalJson(dataset)));
  return lacking === undefined ? [] : placed([noValidation('sweep.metric', lacking.named)], lacking.placeOf);
}

/** The first trial of which something holds, and how to name it; not by name if it holds of all. */
function firstOf(trials: readonly CheckedTrial[], holds: (config: Config) => boolean) {
  const found = trials.filter(({ config }) => holds(config));
  const [first] = found;
  return first && { ...first, named: found.length < trials.length ? ` (trial ${first.label})` : '' };
}

/** The data sets that are known to have no validation images, each inspected once. */
async function datasetsWithout(trials: readonly CheckedTrial[], components: Components): Promise<ReadonlySet<string>> {
  const datasets = new Map(trials.map(({ config: { dataset } }) => [canonicalJson(dataset as never), dataset]));
  const without = new Set<string>();
  for (const [key, dataset] of datasets) if ((await validates(dataset, components)) === false) without.add(key);
  return without;
}

function isDueAfter(epochs: number, { every }: Config['evaluate']): boolean {
  return typeof every === 'number' && epochs % every === 0;
}

/** Whether there are validation images; undefined if that is not known before a download. */
async function validates(dataset: Config['dataset'], components: Components): Promise<boolean | undefined> {
  const { limit, image_size: imageSize, validation_share: share } = dataset;
  return share > 0 || hasValidation(make(components.dataset, dataset, { limit, imageSize }));
}

function notDue(
  { metric, epochs }: HalvingOptions,
  { config, named }: CheckedTrial & { readonly named: string },
): Problem {
  return {
    code: 'no-validation',
    message: `sweep.halving chooses by ${metric} after ${epochs} epochs and their multiples, and the trials may measure no validation images there: evaluate.every is ${config.evaluate.every ?? 'auto'}${named}.`,
    cure: `Set evaluate.every to a number that divides ${epochs}, such as ${epochs}.`,
    option: ['sweep', 'halving', 'metric'],
  };
}
