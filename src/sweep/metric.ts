import type { Config, SweepOptions } from '../config/config.js';
import type { Components } from '../registry/kinds.js';
import { make } from '../registry/make.js';
import { didYouMean } from '../support/did-you-mean.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { SweepSummary } from './summary/summary.js';

type SortMetric = SweepSummary['metric'];

/** What trials are sorted by: a metric that evaluate measures, its mean over both directions or `DIRECTION/METRIC`, or what another stage measures. */
export function metricOf(
  { evaluate, stages }: Config,
  { metric, better }: Pick<SweepOptions, 'metric' | 'better'>,
  components: Components,
): Outcome<SortMetric> {
  const name = metric ?? evaluate.metrics[0] ?? 'loss';
  const own = name.split('/').at(-1)!;
  if (evaluate.metrics.includes(own)) {
    const measured = make(components.metric, { type: own }, undefined);
    return valid({
      name,
      better: better ?? measured.better,
      ...(measured.unit !== undefined && { unit: measured.unit }),
    });
  }
  const known = [...evaluate.metrics, ...evaluate.metrics.flatMap((each) => [`AtoB/${each}`, `BtoA/${each}`])];
  const evaluates = Object.values(stages).some(({ type }) => type === 'evaluate');
  const others = Object.values(stages).some(({ type }) => !BUILT_IN.includes(type));
  // A stage of a plugin can measure what nobody here knows.
  if (!evaluates || others || metric === null) return valid({ name, better: better ?? 'lower' });
  const near = didYouMean(name, known);
  return invalid({
    code: 'unknown-metric',
    message: `sweep.metric: expected a metric that evaluate measures, found "${name}".`,
    cure: near === undefined ? `There are: ${known.join(', ')}; more by evaluate.metrics.` : `Did you mean "${near}"?`,
  });
}

const BUILT_IN = ['preprocess', 'train', 'evaluate', 'export'];
