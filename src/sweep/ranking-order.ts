/** Which of two values is better. */
export type Better = 'lower' | 'higher';

/**
 * Whether a value takes part in the order of trials. NaN and the infinities are what a training that diverged, or a metric that is not defined there,
 * leaves: such a trial has no rank and is never the best.
 */
export function isRanked(value: number | null | undefined): value is number {
  return Number.isFinite(value);
}

/**
 * The one order of values, for tables, `best`, successive halving, the page and trackers: the better first, then those that are no finite number, which
 * are alike.
 *
 * @returns as `Array.sort` wants it; 0 where neither is better
 */
export function compareValues(a: number | null | undefined, b: number | null | undefined, better: Better): number {
  if (!isRanked(a) || !isRanked(b)) return Number(isRanked(b)) - Number(isRanked(a));
  return better === 'lower' ? a - b : b - a;
}
