import { typeOf } from '../config/reference.js';
import type { Reference } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import type { Metric } from '../registry/kinds/metric.js';
import { makeMetric } from './make-metric.js';

/** A value that is measured in each direction, and its metric. */
export interface MeasuredName {
  readonly name: string;
  /** The registered metric. */
  readonly type: string;
  readonly metric: Metric;
}

/** The values that metrics give, in their order: the metric's name, or `NAME/PART` for each of its parts. */
export function measuredNames(
  metrics: readonly Reference[],
  components: Pick<Components, 'metric' | 'extractor'>,
): MeasuredName[] {
  return metrics.flatMap((reference) => {
    const { name, metric } = makeMetric(components, reference);
    return (metric.parts?.map((part) => `${name}/${part}`) ?? [name]).map((part) => ({
      name: part,
      type: typeOf(reference),
      metric,
    }));
  });
}
