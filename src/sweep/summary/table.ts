import { clock } from '../../support/clock.js';
import { isRanked } from '../ranking-order.js';
import type { SweepSummary, TrialSummary } from './sweep-summary.js';
import { figure } from './summary-text.js';

/** Columns of metrics beside the one that counts: more do not fit. */
const MOST_METRICS = 4;

/** The answer as rows of texts, the best trial first, for whatever draws tables. */
export interface TrialTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Which columns hold numbers. */
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

/** What is worth a column beside the metric that counts: the other means, not each direction; what successive halving chose by. */
function shownMetrics({ metric, metrics, rungs }: SweepSummary): string[] {
  const measured = metrics.filter((name) => !rungs.includes(name));
  const means = measured.filter((name) => !name.includes('/'));
  const others = (means.length > 0 ? means : measured).filter((name) => name !== metric.name);
  return [...others.slice(0, Math.max(1, MOST_METRICS - rungs.length)), ...rungs];
}

/** What a training that diverged has measured is shown as what it is. */
function number(value: number | null): string {
  if (value === null) return '';
  return isRanked(value) ? figure(value) : String(value).replace('Infinity', '∞');
}
