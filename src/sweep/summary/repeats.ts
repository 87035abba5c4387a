import { compareValues, isRanked } from '../ranking-order.js';
import { labelOf } from '../spec/naming.js';
import { type Group, groupsBy, type Valued } from './groups.js';
import type { SweepAxis, SweepSummary, TrialSummary } from './sweep-summary.js';

/** Whether the axis only repeats trials. */
export function isSeed({ path }: Pick<SweepAxis, 'path'>): boolean {
  return path === 'seed' || path.endsWith('.seed');
}

/** Trials that differ in nothing but seeds. */
export interface Repeats extends Group {
  /** What they share: `lambda=50`. */
  readonly key: string;
}

/** A single best trial may have had luck with its seed: the repeats with the best mean. @returns nothing where there are not several to choose from */
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
