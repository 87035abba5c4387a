import type { Scalar } from '../../support/json.js';
import type { TrialSummary } from './sweep-summary.js';

/** A trial with a finite value. */
export interface Valued {
  readonly trial: TrialSummary;
  readonly value: number;
}

/** The trials that share something, such as a value on an axis. */
export interface Group<T extends Valued = Valued> {
  readonly key: Scalar;
  readonly trials: readonly T[];
  readonly mean: number;
  /** The sample standard deviation; undefined for a single trial. */
  readonly deviation: number | undefined;
}

/** Groups trials by a key, in the order of its first occurrence. */
export function groupsBy<T extends Valued>(
  trials: readonly T[],
  keyOf: (trial: TrialSummary) => Scalar | undefined,
): Group<T>[] {
  const found = new Map<Scalar, T[]>();
  for (const each of trials) {
    const key = keyOf(each.trial);
    if (key === undefined) continue;
    const own = found.get(key);
    if (own === undefined) found.set(key, [each]);
    else own.push(each);
  }
  return [...found].map(([key, own]) => ({ key, trials: own, ...spread(own.map(({ value }) => value)) }));
}

/** Whether means are meaningful: at least half of the groups have several trials. */
export function areRepeated(groups: readonly Group[]): boolean {
  return groups.filter(({ trials }) => trials.length > 1).length * 2 >= groups.length && groups.length > 0;
}

function spread(values: readonly number[]): Pick<Group, 'mean' | 'deviation'> {
  // Divide before summing, so that the sum does not overflow.
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  if (values.length < 2) return { mean, deviation: undefined };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / (values.length - 1), 0);
  return { mean, deviation: Number.isFinite(variance) ? Math.sqrt(variance) : undefined };
}
