import { isRanked } from '../ranking-order.js';
import type { SweepSummary, TrialSummary } from '../summary/sweep-summary.js';
import { arrow } from '../../report/kit/arrow.js';
import { metricPath, parseMetricName } from '../../registry/metric-name.js';

/** A metric's columns: its mean over both directions and each direction, or one per round of successive halving. */
export interface MetricGroup {
  /** `psnr` */
  readonly title: string;
  readonly columns: readonly MetricColumn[];
}

export interface MetricColumn {
  /** The full name: `psnr`, `AtoB/psnr`, `loss/cycle/forward@5`. */
  readonly name: string;
  /** Its part of the group: `A → B`, `epoch 5`; absent for the metric itself. */
  readonly part?: string;
}

/** Metrics shown besides the ranking metric: the other means, or all if there are no means. */
export function otherMetrics({ metric, metrics }: SweepSummary): string[] {
  const means = metrics.filter((name) => parseMetricName(name).direction === null);
  return (means.length > 0 ? means : metrics).filter((name) => name !== metric.name);
}

/** All metrics, grouped by name without direction and epoch; the ranking metric is in the first group. */
export function metricGroups({ metric, metrics, rungs }: SweepSummary): MetricGroup[] {
  const groups = new Map<string, MetricColumn[]>([[placeOf(metric.name, rungs).title, []]]);
  for (const name of new Set([...metrics, metric.name])) {
    const { title, part } = placeOf(name, rungs);
    const columns = groups.get(title) ?? [];
    groups.set(title, columns);
    // The mean comes before the directions.
    if (part === undefined) columns.unshift({ name });
    else columns.push({ name, part });
  }
  return [...groups].map(([title, columns]) => ({ title, columns }));
}

/** A trial's value of a metric, if finite. */
export function metricOf(trial: TrialSummary, name: string, { metric }: SweepSummary): number | undefined {
  const value = name === metric.name ? trial.value : trial.metrics[name];
  return isRanked(value) ? value : undefined;
}

/** The group of a metric, and its part there. */
function placeOf(name: string, rungs: readonly string[]): Pick<MetricGroup, 'title'> & Pick<MetricColumn, 'part'> {
  if (rungs.includes(name)) {
    const at = name.lastIndexOf('@');
    return { title: name.slice(0, at), part: `epoch ${name.slice(at + 1)}` };
  }
  const parsed = parseMetricName(name);
  if (parsed.direction === null) return { title: name };
  return { title: metricPath({ ...parsed, direction: null }), part: arrow(parsed.direction) };
}
