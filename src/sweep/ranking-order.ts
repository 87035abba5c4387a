/** Which of two values is better. */
export type Better = 'lower' | 'higher';

/**
 * Whether a value can be ranked. NaN and infinities come from a training that diverged or an undefined metric: such a trial has no rank and is never
 * the best.
 */
export function isRanked(value: number | null | undefined): value is number {
  return Number.isFinite(value);
}

/**
 * The order of values everywhere (tables, `best`, successive halving, the page, trackers): better values first, then all that are not finite, as
 * equals.
 *
 * @returns a result for `Array.sort`; 0 if neither is better
 */
export function compareValues(a: number | null | undefined, b: number | null | undefined, better: Better): number {
  if (!isRanked(a) || !isRanked(b)) return Number(isRanked(b)) - Number(isRanked(a));
  return better === 'lower' ? a - b : b - a;
}
