import { parseMetricName } from '../../registry/metric-name.js';
import { formatNumber } from '../../support/format-number.js';
import { clock } from '../../support/clock.js';
import { isRanked } from '../ranking-order.js';
import type { SweepSummary, TrialSummary } from './sweep-summary.js';

/** Metric columns besides the ranking metric: more do not fit. */
const MOST_METRICS = 4;

/** The summary as rows of text, the best trial first, independent of the table format. */
export interface TrialTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Which columns are numeric. */
  readonly numeric: readonly boolean[];
  /** The trial of each row. */
  readonly trials: readonly TrialSummary[];
}

export function tableOf(summary: SweepSummary): TrialTable {
  const { axes, metric, ranking } = summary;
  const others = shownMetrics(summary);
  return {
    head: ['', 'trial', ...axes.map(({ label }) => label), metric.name, ...others, 'state', 'time'],
    numeric: [
      true,
      true,
      ...axes.map(({ values }) => values.every((value) => typeof value === 'number')),
      true,
      ...others.map(() => true),
      false,
      true,
    ],
    rows: ranking.map((trial, index) => [
      isRanked(trial.value) ? String(index + 1) : '',
      String(trial.id),
      ...axes.map(({ path }) => String(trial.params[path] ?? '')),
      number(trial.value),
      ...others.map((name) => number(trial.metrics[name] ?? null)),
      trial.state,
      trial.seconds === null ? '' : clock(Math.round(trial.seconds)),
    ]),
    trials: ranking,
  };
}

/** The metrics shown besides the ranking metric: other means (not each direction) and the metrics of successive halving. */
function shownMetrics({ metric, metrics, rungs }: SweepSummary): string[] {
  const measured = metrics.filter((name) => !rungs.includes(name));
  const means = measured.filter((name) => {
    const { source, direction } = parseMetricName(name);
    return source === '' && direction === null;
  });
  const others = (means.length > 0 ? means : measured).filter((name) => name !== metric.name);
  return [...others.slice(0, Math.max(1, MOST_METRICS - rungs.length)), ...rungs];
}

/** Shows NaN and infinities of a diverged training as such. */
function number(value: number | null): string {
  return value === null ? '' : formatNumber(value);
}
