import { compareValues, isRanked } from '../ranking-order.js';
import { labelOf } from '../spec/naming.js';
import { type Group, groupsBy, type Valued } from './groups.js';
import type { SweepAxis, SweepSummary, TrialSummary } from './sweep-summary.js';

/** Whether the axis is a seed, so that its trials are repeats. */
export function isSeed({ path }: Pick<SweepAxis, 'path'>): boolean {
  return path === 'seed' || path.endsWith('.seed');
}

/** Trials that differ only in seeds. */
export interface Repeats extends Group {
  /** What they share: `lambda=50`. */
  readonly key: string;
}

/** The repeats with the best mean, as a single best trial may owe its value to its seed. @returns undefined unless there are at least two to compare */
export function bestRepeats({ axes, metric, trials }: SweepSummary): Repeats | undefined {
  const others = axes.filter((axis) => !isSeed(axis));
  if (others.length === axes.length) return undefined;
  const repeated = groupsBy(trials.flatMap(valued), ({ params }) => labelOf(params, others)).filter(
    (group) => group.trials.length > 1,
  );
  if (repeated.length < 2) return undefined;
  return repeated.reduce((a, b) => (compareValues(b.mean, a.mean, metric.better) < 0 ? b : a)) as Repeats;
}

function valued(trial: TrialSummary): Valued[] {
  return isRanked(trial.value) ? [{ trial, value: trial.value }] : [];
}
