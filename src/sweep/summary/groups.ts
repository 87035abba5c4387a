import type { Scalar } from '../../support/json.js';
import type { TrialSummary } from './sweep-summary.js';

/** A trial with a number to count with. */
export interface Valued {
  readonly trial: TrialSummary;
  readonly value: number;
}

/** The trials that share something, such as a value on an axis. */
export interface Group<T extends Valued = Valued> {
  readonly key: Scalar;
  readonly trials: readonly T[];
  readonly mean: number;
  /** The standard deviation, as a sample of what repeats would give; of a single trial undefined. */
  readonly deviation: number | undefined;
}

/** Trials by what they share, in the order in which it first comes. */
export function groupsBy<T extends Valued>(
  trials: readonly T[],
  keyOf: (trial: TrialSummary) => Scalar | undefined,
): Group<T>[] {
  const found = new Map<Scalar, T[]>();
  for (const one of trials) {
    const key = keyOf(one.trial);
    if (key === undefined) continue;
    const own = found.get(key);
    if (own === undefined) found.set(key, [one]);
    else own.push(one);
  }
  return [...found].map(([key, own]) => ({ key, trials: own, ...spread(own.map(({ value }) => value)) }));
}

/** Whether means tell something: most values were tried more than once. */
export function areRepeated(groups: readonly Group[]): boolean {
  return groups.filter(({ trials }) => trials.length > 1).length * 2 >= groups.length && groups.length > 0;
}

function spread(values: readonly number[]): Pick<Group, 'mean' | 'deviation'> {
  // Divided before they are summed, so that no sum is too large for a number.
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  if (values.length < 2) return { mean, deviation: undefined };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / (values.length - 1), 0);
  return { mean, deviation: Number.isFinite(variance) ? Math.sqrt(variance) : undefined };
}
