import { typeOf } from '../../config/reference.js';
import { measuredNames, type MeasuredName } from '../../evaluation/measured-names.js';
import { methodFacts } from '../../methods/build.js';
import type { Config, Reference } from '../../registry/config.js';
import type { OptionProblem } from '../../registry/component.js';
import type { Components } from '../../registry/kinds.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Metric } from '../../registry/kinds/metric.js';
import type { ConfigView } from '../../registry/kinds/stage.js';
import type { SectionFacts } from '../../registry/kinds/stage-section.js';
import { didYouMean } from '../../support/did-you-mean.js';
import { isJsonObject } from '../../support/json.js';
import { ProblemError } from '../../support/problem.js';
import type { Criterion, DecidedCriterion } from './criterion.js';

/** Schemas of the options of a criterion, to be used in an object. */
export const CRITERION = {
  metric: { type: 'string', minLength: 1 },
  direction: { enum: ['AtoB', 'BtoA', 'both'], default: 'both' },
  better: { enum: ['lower', 'higher', null], default: null },
} as const;

/** The criterion with the directions that it needs, and the metric's own direction of improvement where the config gives none. */
export function decided<C extends Criterion>(criterion: C, view: ConfigView): C & DecidedCriterion {
  const better = criterion.better ?? metricOf(criterion, view)?.better ?? 'lower';
  return { ...criterion, better, directions: measuredDirections(criterion, view) };
}

/** The directions whose mean a criterion is: those of the method in which the metric is measured. */
export function measuredDirections(
  criterion: Pick<Criterion, 'metric' | 'direction'>,
  view: ConfigView,
): readonly Direction[] {
  if (criterion.direction !== 'both') return [criterion.direction];
  const own = metricOf(criterion, view)?.directions;
  return methodFacts(view).directions.filter((direction) => own?.includes(direction) ?? true);
}

function metricOf({ metric }: Pick<Criterion, 'metric'>, { config, components }: ConfigView): Metric | undefined {
  return measuredNames(config.evaluate.metrics, components).find(({ name }) => name === metric)?.metric;
}

/** Problems of an option that holds a criterion: a metric that is not measured, a direction that the method does not have. */
export function criterionProblems(
  option: string,
  criterion: Criterion | null | undefined,
  facts: SectionFacts,
): OptionProblem[] {
  if (criterion === null || criterion === undefined) return [];
  const measured = namesIn(facts);
  if (measured === undefined) return [];
  const { metric, direction } = criterion;
  const own = measured.find(({ name }) => name === metric);
  return [
    ...(own === undefined ? [unknownMetric(option, metric, measured)] : []),
    ...(own?.metric.diagnostic === true && criterion.better === null ? [findsFaults(option, metric)] : []),
    ...directionProblem(option, direction, facts),
  ];
}

function unknownMetric(option: string, metric: string, measured: readonly MeasuredName[]): OptionProblem {
  const names = measured.map(({ name }) => name);
  const near = didYouMean(metric, names);
  return {
    path: [option, 'metric'],
    message: `expected a metric that evaluate measures, found "${metric}".`,
    cure:
      near === undefined
        ? `Available: ${names.join(', ') || 'none'}; add it to evaluate.metrics.`
        : `Did you mean "${near}"?`,
  };
}

function findsFaults(option: string, metric: string): OptionProblem {
  return {
    path: [option, 'metric'],
    message: `"${metric}" only finds faults: no value of it is better.`,
    cure: 'Choose by another metric; or say with `better` (lower or higher) which values are.',
  };
}

function directionProblem(option: string, direction: Criterion['direction'], facts: SectionFacts): OptionProblem[] {
  const { config, components } = facts;
  const directions = methodFacts({ config: config as unknown as Config, components }).directions;
  if (direction === 'both' || directions.includes(direction)) return [];
  const message = `the method translates ${directions.join(' and ')} only, found ${direction}.`;
  return [{ path: [option, 'direction'], message, cure: 'Leave the direction out, or name one that the method has.' }];
}

/** What is measured; undefined if the config has mistakes there, which are reported elsewhere. */
function namesIn({ config, components }: SectionFacts): MeasuredName[] | undefined {
  const { evaluate, method } = config;
  if (!isJsonObject(evaluate) || !isJsonObject(method) || !Array.isArray(evaluate['metrics'])) return undefined;
  const metrics = evaluate['metrics'] as unknown as readonly Reference[];
  if (!metrics.every((metric) => isKnown(metric, components))) return undefined;
  try {
    return measuredNames(metrics, components);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

function isKnown(metric: Reference, components: Components): boolean {
  return components.metric.has(typeOf(metric));
}
