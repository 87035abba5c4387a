import type { Config, HalvingOptions, SweepOptions } from '../registry/config.js';
import { measuredNames, type MeasuredName } from '../evaluation/measured-names.js';
import type { Components } from '../registry/kinds.js';
import type { Metric } from '../registry/kinds/metric.js';
import { metricPath, parseMetricName, VALIDATION } from '../registry/metric-name.js';
import { didYouMean } from '../support/did-you-mean.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Problem } from '../support/problem.js';
import type { RankMetric } from './summary/sweep-summary.js';

/** The parts of a sweep that determine its ranking metric. */
export interface RankSubject {
  /** The config of every trial. */
  readonly configs: readonly [Config, ...Config[]];
  /** Config paths that differ between trials. */
  readonly varied: readonly string[];
  /** Including those of plugins. */
  readonly components: Components;
}

/**
 * The metric that ranks trials: one that evaluate measures, as the mean over its directions or `DIRECTION/METRIC`, or one of another stage.
 * The default is {@link defaultMetric}.
 */
export function metricOf(
  subject: RankSubject,
  { metric, better }: Pick<SweepOptions, 'metric' | 'better'>,
): Outcome<RankMetric> {
  const [{ stages }] = subject.configs;
  const name = metric ?? defaultMetric(subject) ?? 'loss';
  const measured = measuredBy(subject.configs[0], subject.components);
  const parsed = parseMetricName(name);
  const isOfTrials = parsed.source === '' || parsed.source === VALIDATION;
  const own = isOfTrials ? measured.find((each) => each.name === parsed.name) : undefined;
  if (own !== undefined) {
    if (own.metric.diagnostic === true && better === null) return invalid(findsFaults('sweep.metric', name));
    const optimizedBy = variedWeights(own.metric, subject);
    return valid({
      name,
      better: better ?? own.metric.better,
      ...(own.metric.unit !== undefined && { unit: own.metric.unit }),
      ...(optimizedBy.length > 0 && { optimizedBy }),
    });
  }
  const onTests = pathsOf(measured, '');
  const known = [...onTests, ...pathsOf(measured, VALIDATION)];
  const evaluates = Object.values(stages).some(({ type }) => type === 'evaluate');
  const others = Object.values(stages).some(({ type }) => !BUILT_IN.includes(type));
  // A stage of a plugin may measure a metric that is unknown here.
  if (!evaluates || others || metric === null) return valid({ name, better: better ?? 'lower' });
  const near = didYouMean(name, known);
  return invalid({
    code: 'unknown-metric',
    message: `sweep.metric: expected a metric that evaluate measures, found "${name}".`,
    cure:
      near === undefined
        ? `Available: ${onTests.join(', ')}, each also as ${VALIDATION}/...; add more in evaluate.metrics.`
        : `Did you mean "${near}"?`,
  });
}

/**
 * Successive halving with the metric's own direction of improvement where the config gives none: that of a validation's metric, else lower.
 */
export function decidedHalving(
  { configs: [config], components }: Pick<RankSubject, 'configs' | 'components'>,
  halving: SweepOptions['halving'],
): Outcome<HalvingOptions | null> {
  if (halving === null) return valid(null);
  const { metric, better } = halving;
  const { source, name: named } = parseMetricName(metric);
  if (source !== VALIDATION) return valid({ ...halving, better: better ?? 'lower' });
  const measured = measuredBy(config, components);
  const own = measured.find(({ name }) => name === named);
  if (own?.metric.diagnostic === true && better === null) return invalid(findsFaults('sweep.halving.metric', metric));
  if (own !== undefined) return valid({ ...halving, better: better ?? own.metric.better });
  const known = pathsOf(measured, VALIDATION);
  const near = didYouMean(metric, known);
  return invalid({
    code: 'unknown-metric',
    message: `sweep.halving.metric: expected a metric that validation measures, found "${metric}".`,
    cure:
      near === undefined ? `Available: ${known.join(', ')}; add more in evaluate.metrics.` : `Did you mean "${near}"?`,
  });
}

function findsFaults(option: string, name: string): Problem {
  return {
    code: 'diagnostic-metric',
    message: `${option}: "${name}" only finds faults: no value of it is better.`,
    cure: 'Rank by another metric; or say with `better` (lower or higher) which values are.',
  };
}

function measuredBy({ evaluate }: Config, components: Components): MeasuredName[] {
  return measuredNames(evaluate.metrics, components);
}

/** Their means, then each direction. */
function pathsOf(measured: readonly MeasuredName[], source: string): string[] {
  const sides = [[null], ['AtoB', 'BtoA']] as const;
  return sides.flatMap((side) =>
    measured.flatMap(({ name }) => side.map((direction) => metricPath({ source, direction, name }))),
  );
}

/**
 * Among the metrics that every trial measures and that say how good a translation is: the first that needs true translations, if every data set has them; else the first whose loss weight
 * the sweep does not vary; else the first.
 */
function defaultMetric(subject: RankSubject): string | undefined {
  const { configs, components } = subject;
  const [first, ...others] = configs.map((config) => measuredBy(config, components));
  const shared = first!.filter(({ name }) => others.every((names) => names.some((other) => other.name === name)));
  const truthKnown = configs.every(({ dataset }) => components.dataset.get(dataset.type).knowsTruth === true);
  const ranking = shared.filter(({ metric }) => metric.diagnostic !== true);
  const measurable = ranking.filter(({ metric }) => truthKnown || metric.needs.truth !== true);
  const [chosen] = [
    ...measurable.filter(({ metric }) => metric.needs.truth === true),
    ...measurable.filter(({ metric }) => variedWeights(metric, subject).length === 0),
    ...measurable,
  ];
  return (chosen ?? first!.find(({ metric }) => metric.diagnostic !== true))?.name;
}

/** The varied paths that weight the metric in the loss, such as `loss.lambda.forward`. */
function variedWeights({ lossTerm }: Metric, { varied, configs, components }: RankSubject): string[] {
  if (lossTerm === undefined) return [];
  const weights = configs.flatMap(({ method }) => components.method.get(method.type).lossTerms?.[lossTerm] ?? []);
  return varied.filter((path) => weights.some((weight) => path === weight || path.startsWith(`${weight}.`)));
}

const BUILT_IN = ['preprocess', 'train', 'evaluate', 'export'];
